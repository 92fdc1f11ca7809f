import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// Programs written for the original run unchanged.
@Suite struct OriginalClientsTests {
  @Test(.originalTicker, .timeLimit(.minutes(5))) func pgqdTicksRotatesAndRetries() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.connection.execute("update pgq.queue set queue_ticker_max_lag = '0.1 s'")
      try await Self.withTicker(on: database) {
        let event = try await session.insert("x", into: "q")
        try await pollUntil("a tick with the event") { try await session.nextBatch("q") != nil }
        let batch = try #require(try await session.nextBatch("q"))
        if try await session.values("select ev_id from pgq.get_batch_events(\(batch))") == [event] {
          try await session.connection.query("select pgq.event_retry(\(batch), \(event), 0)")
        }
        try await session.finish(batch)
        try await pollUntil("the event to be retried") { try await session.drain("q") == ["x"] }
        try await pollUntil("a table switch") {
          _ = try await session.drain("q")
          return try await session.currentTable("q") != 0
        }
      }
    }
  }

  /// It knows nothing of delayed events; what it calls for retries delivers them.
  @Test(.originalTicker, .timeLimit(.minutes(5))) func pgqdDeliversDelayedEvents() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.connection.execute("update pgq.queue set queue_ticker_max_lag = '0.1 s'")
      try await session.connection.execute(
        "select trunkline.send('q', array_agg(n::text), delay => '0.2 s') from generate_series(1, 2500) n")
      try await Self.withTicker(on: database) {
        var events: [String] = []
        try await pollUntil("all delayed events") {
          events += try await session.drain("q")
          return events.count >= 2500
        }
        #expect(Set(events).count == 2500)
      }
    }
  }

  @Test(.originalTicker, .originalPython, .timeLimit(.minutes(5))) func pythonConsumerReceivesExactlyWhatWasInserted()
    async throws
  {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.connection.execute("update pgq.queue set queue_ticker_max_lag = '0.1 s'")
      let directory = try Scratch()
      let script = try directory.write("consumer.py", Self.consumer)
      let settings = try directory.write(
        "consumer.ini",
        """
        [collect]
        job_name = c
        db = \(database.connectionString.replacing("'", with: ""))
        queue_name = q
        consumer_name = c
        pidfile = \(directory.path)/consumer.pid
        loop_delay = 0.05
        """)
      try await Self.withTicker(on: database) {
        let consumer = try database.tools().program([OriginalPgQ.python, script, settings]).start()
        for round in 0..<5 {
          try await session.connection.query(
            "select pgq.insert_event('q', 't', (\(round) * 100 + i)::text) from generate_series(1, 100) i")
          try await session.connection.execute("begin; select pgq.insert_event('q', 't', '9999'); rollback")
        }
        func lines() -> [Substring] { consumer.standardOutput.split(separator: "\n") }
        try await pollUntil("all events to arrive") { lines().count >= 500 }
        try await pollUntil("the consumer to be idle") {
          try await session.value(
            """
            select pending_events = 0 and current_batch is null and not exists (select 1 from pgq.retry_queue)
            from pgq.get_consumer_info('q', 'c')
            """)
        }
        try await consumer.terminate()
        let expected = (1...500).map { number in number % 3 == 0 ? "\(number) retried" : "\(number)" }
        #expect(lines().map(String.init).sorted() == expected.sorted())
      }
    }
  }

  private static let consumer = """
    import sys
    import pgq

    class Collector(pgq.Consumer):
        def process_event(self, db, ev):
            if int(ev.ev_data) % 3 == 0 and not ev.retry:
                ev.tag_retry(0)
                return
            print(ev.ev_data + (" retried" if ev.retry else ""), flush=True)
            ev.tag_done()

    Collector("collect", "db", sys.argv[1:]).start()
    """

  private static func withTicker(on database: TestDatabase, _ body: () async throws -> Void) async throws {
    let directory = try Scratch()
    let environment = database.cluster.environment()
    let settings = try directory.write(
      "pgqd.ini",
      """
      [pgqd]
      base_connstr = host=\(environment["PGHOST"] ?? "") port=\(environment["PGPORT"] ?? "") user=postgres
      initial_database = \(database.name)
      database_list = \(database.name)
      syslog = 0
      ticker_period = 0.05
      check_period = 1
      retry_period = 0.1
      maint_period = 0.1
      pidfile = \(directory.path)/pgqd.pid
      """)
    let ticker = try Program([OriginalPgQ.ticker, settings]).start()
    do {
      try await body()
      try await ticker.terminate()
    } catch {
      _ = try? await ticker.terminate()
      throw error
    }
  }
}
