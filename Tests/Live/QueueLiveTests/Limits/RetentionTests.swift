import PostgresClient
import PostgresTesting
import Testing

/// What a consumer keeps from being removed.
@Suite struct RetentionTests {
  @Test func onlyWhatIsNotFinishedCounts() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: ["c", "slow"])
      try await session.backlog(events: 500)
      _ = try await session.drain("q")
      #expect(try await session.ownBytes() == 0)
      let whole = try await session.ownBytes("slow")
      #expect((500_000...800_000).contains(whole))
      try await session.backlog(events: 50)
      let (tail, grown) = (try await session.ownBytes(), try await session.ownBytes("slow"))
      #expect((50_000...100_000).contains(tail))
      #expect(grown - whole >= 50_000)
      _ = try await session.drain("q", "slow")
      #expect(try await session.ownBytes("slow") == 0)
    }
  }

  @Test func jumpsOfTheEventSequenceAreNoBytes() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.backlog(events: 10)
      let before = try await session.ownBytes()
      for _ in 0..<20 {
        try await session.connection.execute("select pgq.force_tick('q')")
        try await session.tick("q")
      }
      #expect(try await session.ownBytes() == before)
    }
  }

  @Test func timeWithoutTicksDoesNotCount() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let age = PostgresQuery("select extract(epoch from age)::int from trunkline.get_consumer_retention('q')")
      try await session.connection.execute("update pgq.tick set tick_time = now() - interval '9 days'")
      #expect(try await session.value(age, as: Int.self) == 0)
      try await session.tick("q")
      #expect(try await session.value(age, as: Int.self) < 3600)
      try await session.connection.execute(
        "update pgq.tick set tick_time = now() - interval '2 hours' where tick_id = 2")
      #expect((7000...7500).contains(try await session.value(age, as: Int.self)))
    }
  }

  @Test func aGroupIsAsFarAsItsSlowestMember() async throws {
    try await QueueSession.with { _, session in
      try await session.queueWithOneBatch()
      let batch = try #require(try await session.next("a"))
      try await session.backlog(events: 20)
      while let next = try await session.next("b") {
        try await session.connection.query("select pgq_coop.finish_batch(\(next))")
      }
      let rows = try await session.values(
        "select consumer_name || ' ' || last_tick from trunkline.get_consumer_retention()", as: String.self)
      #expect(rows == ["c 1"])
      try await session.connection.query("select pgq_coop.finish_batch(\(batch))")
      #expect(try await session.ownBytes() == 0)
    }
  }

  @Test func everybodySeesItWithoutRightsOnTheEvents() async throws {
    try await QueueSession.with { _, session in
      try await session.stalledConsumer()
      let role = FreshName.next("nobody")
      try await session.connection.execute("create role \(role); set role \(role)")
      #expect(try await session.ownBytes() > 100_000)
      try await session.connection.execute("reset role; drop role \(role)")
    }
  }
}
