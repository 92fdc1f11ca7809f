import PostgresClient
import PostgresTesting
import Testing

/// What was installed before there were settings and owners, upgraded in use.
@Suite struct SettingsUpgradeTests {
  /// Takes away what newer versions added.
  private static let older = """
    drop trigger consumer_comes_back on pgq.subscription;
    drop function trunkline._consumer_comes_back();
    drop table trunkline.queue_grant, trunkline.consumer_owner, trunkline.consumer_setting, trunkline.queue_setting,
        trunkline.eviction cascade;
    alter table pgq.subscription drop column sub_paused;
    """

  @Test func upgradingAddsTheColumnAndKeepsPositions() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.insert("x", into: "q")
      try await session.tick("q")
      let batch = try #require(try await session.nextBatch("q"))
      try await session.connection.execute(Self.older)
      for _ in 0..<2 {
        try await Schema.installAll(into: database)
        #expect(try await session.nextBatch("q") == batch)
        #expect(try await session.value("select trunkline.set_consumer('q', 'c', 'paused', 'on')", as: Int.self) == 1)
        #expect(try await session.nextBatch("q") == nil)
        try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'paused', 'off')")
      }
      #expect(try await session.drain("q") == ["x"])
    }
  }
}
