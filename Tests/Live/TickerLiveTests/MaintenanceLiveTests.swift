import PostgresClient
import PostgresTesting
import QueueTicker
import Testing

/// What the ticker does besides ticks.
@Suite struct MaintenanceLiveTests {
  @Test func tablesRotate() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await database.psql("select pgq.set_queue_config('q', 'rotation_period', '1 millisecond');")
      try await withTicker(.impatient(database)) { _ in
        var seen: Set<Int> = []
        var number = 0
        try await pollUntil("all three tables to be used") {
          try await queue.insert("\(number)")
          try await queue.expect(["\(number)"])
          number += 1
          seen.insert(try await queue.value("select queue_cur_table from pgq.queue"))
          return seen == [0, 1, 2]
        }
      }
    }
  }

  @Test func retriedEventsComeBack() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(.impatient(database)) { service in
        try await queue.insert("again")
        var batch: Int64?
        try await pollUntil("a batch with the event") {
          batch = try await queue.value("select pgq.next_batch('q', 'c')", as: Int64?.self)
          guard let batch else { return false }
          let retried = try await queue.connection.query(
            "select pgq.event_retry(\(batch), ev_id, 0) from pgq.get_batch_events(\(batch))")
          try await queue.connection.query("select pgq.finish_batch(\(batch))")
          return !retried.isEmpty
        }
        try await queue.expect(["again"])
        #expect(service.status.counts.retries == 1)
      }
    }
  }

  /// A function that answers 1 is called again at once; one that fails stops no other.
  @Test func extraMaintenanceIsRun() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await database.psql(
        """
        create table calls (queue text);
        create function extra(queue text) returns int language plpgsql as $$
        begin
          insert into calls values (queue);
          return case when (select count(*) from calls) < 3 then 1 else 0 end;
        end $$;
        create function "Broken"(queue text) returns int language plpgsql as $$ begin raise 'broken'; end $$;
        update pgq.queue set queue_extra_maint = array['public."Broken"', 'public.extra'];
        """)
      var settings = TickerSettings.impatient(database)
      settings.maintenancePeriod = .seconds(3600)
      try await withTicker(settings) { service in
        try await pollUntil("three calls") { try await queue.value("select count(*) = 3 from calls") }
        try await pollUntil("the problem to be shown") {
          service.status.databases.values.contains { $0.maintenanceProblem?.contains("Broken") == true }
        }
        try await queue.insert("a")
        try await queue.expect(["a"])
      }
      #expect(try await queue.value("select count(*) from calls where queue = 'q'") == 3)
    }
  }

  @Test func maintenanceSurvivesTheLossOfItsConnection() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(.impatient(database)) { _ in
        for _ in 0..<2 {
          var ended = 0
          try await pollUntil("a connection for maintenance") {
            ended = try await queue.value(
              """
              select count(pg_terminate_backend(pid)) from pg_stat_activity
              where datname = current_database() and application_name = 'trunkline ticker maintenance'
              """)
            return ended > 0
          }
        }
        try await queue.insert("a")
        try await queue.expect(["a"])
      }
    }
  }
}
