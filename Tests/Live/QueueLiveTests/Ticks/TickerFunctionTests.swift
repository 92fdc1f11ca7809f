import PostgresClient
import PostgresTesting
import Testing

@Suite struct TickerFunctionTests {
  struct Situation: Sendable {
    var new: Int
    var lag: String
    var gap: String?
    var isDue: Bool
  }

  @Test(arguments: [
    Situation(new: 1, lag: "2 s", gap: "1 s", isDue: false),
    Situation(new: 1, lag: "3 s", gap: "1 s", isDue: true),
    Situation(new: 499, lag: "0 s", gap: "1 s", isDue: false),
    Situation(new: 500, lag: "0 s", gap: "1 s", isDue: true),
    Situation(new: 0, lag: "0 s", gap: nil, isDue: true),
    Situation(new: 0, lag: "1 s", gap: "0.1 s", isDue: false),
    Situation(new: 0, lag: "2 s", gap: "0.1 s", isDue: true),
    Situation(new: 0, lag: "15 s", gap: "10 s", isDue: false),
    Situation(new: 0, lag: "21 s", gap: "10 s", isDue: true),
    Situation(new: 0, lag: "61 s", gap: "50 s", isDue: true),
  ])
  func ticksWhenOneIsDue(_ situation: Situation) async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      if situation.gap != nil { try await session.tick("q") }
      for _ in 0..<situation.new { try await session.insert("x", into: "q") }
      try await session.connection.execute(
        """
        update pgq.tick set tick_time = now() - interval '\(situation.lag)'
          - case when tick_id = 1 then interval '\(situation.gap ?? "0")' else interval '0' end;
        """)
      let tick: Int64? = try await session.value("select pgq.ticker('q')")
      #expect((tick != nil) == situation.isDue)
    }
  }

  @Test func forcedTickComesAtTheNextRun() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      #expect(try await session.value("select pgq.ticker('q')", as: Int64?.self) == 2)
      #expect(try await session.value("select pgq.ticker('q')", as: Int64?.self) == nil)
      #expect(try await session.value("select pgq.force_tick('q')") == 2)
      #expect(try await session.value("select pgq.ticker()") == 1)
      #expect(try await session.value("select pgq.force_tick('q')") == 3)
    }
  }

  @Test func externalTicksKeepTheirNumbers() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      #expect(
        try await session.failure("select pgq.ticker('q', 5, now(), 3)") == "queue not found or ticker disabled: q")
      try await session.connection.query("select pgq.set_queue_config('q', 'external_ticker', 'true')")
      #expect(try await session.value("select pgq.ticker('q', 50, '2020-01-01', 3000)") == 50)
      #expect(try await session.value("select pgq.seq_getval('pgq.event_1_id_seq')") == 3000)
      #expect(try await session.value("select pgq.seq_getval('pgq.event_1_tick_seq')") == 50)
      #expect(try await session.failure("select pgq.ticker('q')") == "This queue has external tick source.")
      #expect(try await session.value("select pgq.ticker()") == 0)
      #expect(try await session.value("select count(*) from pgq._poll_queues()") == 0)
    }
  }

  /// They move every few minutes: a ticker that waited for them would make few ticks.
  @Test func marksOfCascadesAreNoConsumersToTheTicker() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: [])
      try await session.connection.query("select pgq.register_consumer('q', '.global_watermark')")
      for _ in 0..<2 { try await session.connection.query("select pgq._make_tick('q')") }
      let seen = PostgresQuery("select concat_ws(' ', has_consumers, consumer_lag is null) from pgq._poll_queues()")
      let marked = try await session.connection.query(seen).first?.decode(0, as: String.self)
      #expect(marked == "f t")
      try await session.connection.query("select pgq.register_consumer_at('q', 'reader', 1)")
      let read = try await session.connection.query(seen).first?.decode(0, as: String.self)
      #expect(read == "t f")
    }
  }

  @Test func errorOfOneQueueDoesNotStopTheOthers() async throws {
    try await QueueSession.with { _, session in
      for queue in ["a", "broken", "c"] { try await session.createQueue(queue) }
      try await session.connection.execute(
        """
        update pgq.tick set tick_snapshot = '900000000:900000005:'
        where tick_queue = (select queue_id from pgq.queue where queue_name = 'broken')
        """)
      #expect(try await session.value("select pgq.ticker()") == 2)
      let message = try #require(try await session.failure("select pgq.ticker('broken')"))
      #expect(message.hasPrefix("Invalid PgQ state: old xmin=900000000, old xmax=900000005, cur txid="))
    }
  }

  @Test func consumersAreNotifiedOncePerTick() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let listener = try await QueueSession(database)
      try await listener.connection.listen("trunkline_tick")
      try await session.connection.query("select pgq.ticker()")
      #expect(try await listener.connection.waitForNotification(timeout: .seconds(10))?.payload == "q")
      #expect(try await listener.connection.waitForNotification(timeout: .milliseconds(50)) == nil)
    }
  }

  @Test func tickInAnOlderSnapshotIsRefused() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let message = try await session.failure("begin isolation level repeatable read; select pgq.ticker(); commit")
      #expect(message == "a queue cannot be ticked or rotated in a repeatable read transaction")
    }
  }
}
