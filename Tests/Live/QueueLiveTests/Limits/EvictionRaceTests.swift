import PostgresClient
import PostgresTesting
import Testing

/// Eviction of a consumer that works at the same moment.
@Suite struct EvictionRaceTests {
  private static let finishes = [
    "select pgq.finish_batch(BATCH)", "select trunkline.close_batch('q', 'c', 1, BATCH)",
    "select pgq.register_consumer_at('q', 'c', (select max(tick_id) from pgq.tick))",
  ]

  /// The consumer is first: it is left alone, without waiting for it, and has caught up when it is looked at again.
  @Test(arguments: finishes) func aConsumerThatIsFinishingIsLeftAlone(_ finish: String) async throws {
    try await QueueSession.with { database, session in
      try await session.stalledConsumer()
      let batch = try #require(try await session.nextBatch("q"))
      let consumer = try await QueueSession(database)
      try await consumer.connection.execute("begin; \(finish.replacing("BATCH", with: "\(batch)"))")
      try await session.checkLimits()
      #expect(try await session.consumers() == ["c"])
      #expect(try await session.warnings().first?.contains("a transaction is working on its batch") == true)
      try await consumer.connection.execute("commit")
      try await session.checkLimits()
      #expect(try await session.consumers() == ["c"])
      #expect(try await session.warnings() == [])
      #expect(try await session.value("select count(*)::int from trunkline.eviction", as: Int.self) == 0)
      await consumer.connection.close()
    }
  }

  /// The eviction is first: whoever finishes then waits for it and is told, and nothing is brought back by that.
  @Test(arguments: [
    ("select trunkline.close_batch('q', 'c', 1, BATCH)", "55000"),
    ("select trunkline.retry_event('q', 'c', 1, BATCH, 1, 0)", "55000"),
    ("select trunkline.seek_consumer('q', 'c', 1, 2)", "55000"),
    ("select pgq.finish_batch(BATCH)", nil),
  ]) func aConsumerThatFinishesDuringItsEvictionIsTold(_ finish: String, _ expected: String?) async throws {
    try await QueueSession.with { database, session in
      try await session.stalledConsumer()
      let batch = try #require(try await session.nextBatch("q"))
      try await session.connection.execute("begin")
      try await session.checkLimits()
      #expect(try await session.consumers() == [])
      let consumer = try await QueueSession(database)
      async let refusal = consumer.refusal(finish.replacing("BATCH", with: "\(batch)"))
      try await QueueSession.awaiting(database) { try await $0.awaitBlockedSession() }
      try await session.connection.execute("commit")
      #expect(try await refusal == expected)
      #expect(try await session.consumers() == [])
      #expect(try await session.value("select last_tick from trunkline.eviction", as: Int64.self) == 1)
      #expect(try await consumer.refusal("select pgq.next_batch('q', 'c')") == "55000")
      await consumer.connection.close()
    }
  }

  @Test func aMemberInTheMiddleOfACallKeepsItsGroup() async throws {
    try await QueueSession.with { database, session in
      try await session.queueWithOneBatch()
      try await session.limit("max_bytes", "20000")
      let lease: Int64 = try await session.value("select trunkline.attach_member('q', 'c', 'a', 'test')")
      let batch: Int64 = try await session.value(
        "select batch_id from trunkline.open_member_batch('q', 'c', 'a', \(lease), 1000)")
      try await session.backlog(events: 100)
      let member = try await QueueSession(database)
      try await member.connection.execute("begin")
      try await member.connection.query("select trunkline.touch_member('q', 'c', 'a', \(lease))")
      try await session.checkLimits()
      #expect(try await session.consumers() == ["c", "c.a", "c.b"])
      try await member.connection.execute("commit")
      try await session.checkLimits()
      #expect(try await session.consumers() == [])
      #expect(
        try await member.refusal("select trunkline.close_member_batch('q', 'c', 'a', \(lease), \(batch))") == "55000")
      #expect(try await member.refusal("select pgq_coop.next_batch('q', 'c', 'a')") == "55000")
      await member.connection.close()
    }
  }

  /// A consumer that keeps up is never evicted, and no event of it is lost, however often its limits are looked at.
  @Test func aConsumerThatKeepsUpIsNeverEvicted() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.limit("max_bytes", "200000")
      let total = try await withThrowingTaskGroup(of: Int.self) { group in
        group.addTask {
          try await QueueSession.awaiting(database) { checker in
            for _ in 0..<150 { try await checker.checkLimits() }
            return 0
          }
        }
        group.addTask {
          try await QueueSession.awaiting(database) { worker in
            var seen = 0
            for _ in 0..<60 {
              try await worker.backlog(events: 20)
              seen += try await worker.drain("q").count
            }
            return seen
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(total == 1200)
      #expect(try await session.consumers() == ["c"])
    }
  }
}

extension QueueSession {
  /// Lends a session of its own, for a task of its own.
  @discardableResult
  static func awaiting<Result: Sendable>(
    _ database: TestDatabase, _ body: (QueueSession) async throws -> Result
  ) async throws -> Result {
    let session = try await QueueSession(database)
    let result = try await body(session)
    await session.connection.close()
    return result
  }
}
