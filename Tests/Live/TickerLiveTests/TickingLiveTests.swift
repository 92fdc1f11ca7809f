import PostgresClient
import PostgresTesting
import QueueTicker
import Testing

/// When ticks are made.
@Suite struct TickingLiveTests {
  @Test func anEventIsDeliveredSoon() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(.impatient(database)) { _ in
        for number in 0..<20 {
          try await queue.insert("\(number)")
          try await queue.expect(["\(number)"])
        }
      }
    }
  }

  /// The other event is counted by the tick that does not contain it; nothing but its commit is left to be seen.
  @Test func aLongTransactionIsDeliveredWhenItCommits() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      let other = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
      try await withTicker(.impatient(database)) { _ in
        try await other.execute("begin")
        try await queue.insert("long", over: other)
        try await queue.insert("short")
        try await queue.expect(["short"])
        try await pollUntil("the ticker to sleep") { try await !queue.isTickerAwake() }
        #expect(try await queue.consume() == [])
        try await other.execute("commit")
        try await queue.expect(["long"])
      }
    }
  }

  @Test func aTransactionFromBeforeTheStartIsDeliveredToo() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      let other = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
      try await other.execute("begin")
      try await queue.insert("long", over: other)
      try await queue.connection.query("select pgq._make_tick('q')")
      try await withTicker(.impatient(database)) { _ in
        try await pollUntil("the ticker to sleep") { try await !queue.isTickerAwake() }
        #expect(try await queue.consume() == [])
        try await other.execute("commit")
        try await queue.expect(["long"])
      }
    }
  }

  @Test func aRolledBackTransactionDoesNotKeepTheTickerBusy() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      let other = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
      try await withTicker(.impatient(database)) { service in
        try await other.execute("begin")
        try await queue.insert("never", over: other)
        try await pollUntil("the ticker to sleep") { try await !queue.isTickerAwake() }
        let before = service.status.counts.ticks
        try await other.execute("rollback")
        try await pollUntil("a tick") { service.status.counts.ticks > before }
        try await queue.insert("a")
        try await queue.expect(["a"])
      }
    }
  }

  @Test func aBrokenQueueStopsNoOther() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      for name in ["a_bad", "b_worse"] { _ = try await TestQueue.create(name, on: database) }
      try await database.psql(
        """
        do $$ declare bad text = (select queue_tick_seq from pgq.queue where queue_name = 'a_bad');
                      worse text = (select queue_event_seq from pgq.queue where queue_name = 'b_worse');
        begin
          execute 'drop sequence ' || bad || ' cascade';
          execute 'drop sequence ' || worse || ' cascade';
        end $$;
        """)
      try await withTicker(.impatient(database)) { service in
        try await queue.insert("a")
        try await queue.expect(["a"])
        try await pollUntil("both to be reported") {
          service.status.databases.values.contains { Set($0.failingQueues.keys) == ["a_bad", "b_worse"] }
        }
        #expect(service.status.databases.values.allSatisfy { $0.state == .ticking && !$0.isHealthy })
        try await queue.insert("b")
        try await queue.expect(["b"])
        try await database.psql(
          "delete from pgq.subscription s using pgq.queue q where sub_queue = queue_id and queue_name ~ '_';")
        try await database.psql(
          "delete from pgq.tick t using pgq.queue q where tick_queue = queue_id and queue_name ~ '_';")
        try await database.psql("delete from pgq.queue where queue_name ~ '_';")
        try await pollUntil("the trouble to be over") { service.status.databases.values.allSatisfy(\.isHealthy) }
      }
    }
  }

  @Test func pausedAndExternalQueuesAreLeftAlone() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      let paused = try await TestQueue.create("paused", on: database)
      try await database.psql("select pgq.set_queue_config('paused', 'ticker_paused', 'true');")
      let before = try await paused.lastTick()
      try await paused.insert("p")
      try await withTicker(.impatient(database)) { _ in
        try await queue.insert("a")
        try await queue.expect(["a"])
        #expect(try await paused.lastTick() == before)
        try await database.psql("select pgq.set_queue_config('paused', 'ticker_paused', 'false');")
        try await paused.expect(["p"])
      }
    }
  }
}
