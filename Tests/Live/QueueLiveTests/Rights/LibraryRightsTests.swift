import EventQueue
import Logging
import PostgresClient
import PostgresTesting
import Testing

/// The Swift consumer as a role that may consume from one queue, and nothing else.
@Suite struct LibraryRightsTests {
  private func consumer(_ fixture: RightsFixture, _ role: String) -> QueueConsumer {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return QueueConsumer(
      queue: "q", name: "c", database: PostgresConfiguration(fixture.database.connectionString(user: role)),
      logger: logger)
  }

  @Test func theLibraryNeedsNoMoreThanTheRightToConsume() async throws {
    try await RightsFixture.with { fixture in
      let own = consumer(fixture, fixture.alice)
      try await own.register()
      try await fixture.admin.insert("x", into: "q")
      try await fixture.admin.tick("q")
      let seen = try await own.withBatches { batches in
        var seen: [String?] = []
        for try await batch in batches {
          for try await event in batch.events { seen.append(try event.data) }
          try await batch.finish()
          break
        }
        return seen
      }
      #expect(seen == ["x"])
      #expect(try await fixture.admin.value("select trunkline.unregister('q', 'c')", as: Int.self) == 1)
    }
  }

  @Test func theLibraryRefusesToWorkAsSomebodyElsesConsumer() async throws {
    try await RightsFixture.with { fixture in
      try await consumer(fixture, fixture.alice).register()
      let others = consumer(fixture, fixture.bob)
      await #expect(throws: PostgresError.self) { try await others.register() }
      await #expect(throws: PostgresError.self) {
        try await others.withBatches { batches in for try await _ in batches { return } }
      }
    }
  }

  /// It waits for events when it is evicted, is woken, and ends with what it misses.
  @Test(.timeLimit(.minutes(2))) func aWaitingConsumerIsToldOfItsEviction() async throws {
    try await RightsFixture.with { fixture in
      let own = consumer(fixture, fixture.alice)
      try await own.register()
      let database = fixture.database
      let ending = Task {
        do {
          try await own.withBatches { batches in for try await batch in batches { try await batch.finish() } }
          return nil as String?
        } catch let error as PostgresError {
          return error.sqlState?.rawValue
        }
      }
      try await pollUntil("the consumer waits") {
        try await fixture.admin.value(
          "select exists (select 1 from trunkline.consumer_lease where consumer_name = 'c')")
      }
      try await QueueSession.awaiting(database) {
        try await $0.connection.execute("select trunkline.evict_consumer('q', 'c')")
      }
      #expect(try await ending.value == "55000")
    }
  }
}
