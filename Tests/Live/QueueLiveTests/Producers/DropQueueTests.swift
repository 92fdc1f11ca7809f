import PostgresClient
import PostgresTesting
import Testing

@Suite struct DropQueueTests {
  @Test func droppingDoesNotWaitForWritersOfOtherQueues() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("busy")
      try await session.createQueue("q")
      let writer = try await QueueSession(database)
      try await writer.connection.execute("begin")
      try await writer.insert("busy", into: "busy")

      try await session.connection.query("select pgq.drop_queue('q', true)")
      #expect(try await session.values("select pgq._dropped_tables()") == ["pgq.event_2"])
      #expect(
        try await session.value("select count(*) from pgq.maint_operations() where func_name = 'pgq.maint_drop_tables'")
          == 1)
      // the name is free at once
      try await session.createQueue("q")
      try await session.insert("new", into: "q")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["new"])

      try await writer.connection.execute("commit")
      try await session.connection.query("select pgq.maint_drop_tables()")
      #expect(try await session.value("select count(*) from pg_class where relname like 'event\\_2%'") == 0)
      try await session.tick("busy")
      #expect(try await session.drain("busy") == ["busy"])
    }
  }

  @Test func everythingOfAQueueIsDropped() async throws {
    try await QueueSession.with { _, session in
      let objects = PostgresQuery("select count(*) from pg_class where relnamespace = 'pgq'::regnamespace")
      let before: Int = try await session.value(objects)
      try await session.createQueue("q")
      try await session.insert("x", into: "q")
      #expect(try await session.failure("select pgq.drop_queue('q')") == "cannot drop queue, consumers still attached")
      try await session.connection.query("select pgq.unregister_consumer('q', 'c')")
      #expect(try await session.value("select pgq.drop_queue('q')") == 1)
      #expect(try await session.value(objects) == before)
      #expect(try await session.failure("select pgq.drop_queue('q')") == "No such event queue")
    }
  }

  @Test func queuesAreCreatedAtTheSameTime() async throws {
    try await QueueSession.with { database, session in
      let created = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<8 {
          group.addTask {
            let session = try await QueueSession(database)
            return try await session.value("select pgq.create_queue(\("q\(number % 4)"))")
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(created == 4)
      #expect(try await session.value("select count(*) from pgq.queue") == 4)
    }
  }
}
