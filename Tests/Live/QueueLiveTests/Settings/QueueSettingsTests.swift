import PostgresClient
import PostgresTesting
import Testing

@Suite struct QueueSettingsTests {
  private func setting(_ name: String, _ session: QueueSession) async throws -> String? {
    try await session.value("select value from trunkline.get_queue_settings('q') where setting = \(name)")
  }

  @Test func everySettingIsKeptAndNullIsTheDefault() async throws {
    try await QueueSession.with { _, session in
      try await session.connection.execute("select pgq.create_queue('q')")
      #expect(
        try await session.value("select bool_and(is_default) from trunkline.get_queue_settings('q')", as: Bool.self))
      for (name, value, shown) in [
        ("ttl", "1 h", "01:00:00"), ("paused", "on", "true"), ("disable_insert", "true", "true"),
        ("per_tx_limit", "0", "0"), ("ticker_max_count", "7", "7"), ("ticker_max_lag", "1 s", "00:00:01"),
        ("ticker_idle_period", "9 s", "00:00:09"), ("external_ticker", "true", "true"),
        ("retention", "3 h", "03:00:00"),
      ] {
        try await session.connection.query("select trunkline.set_queue('q', \(name), \(value))")
        #expect(try await setting(name, session) == shown, "\(name)")
        try await session.connection.query("select trunkline.set_queue('q', \(name), null)")
        #expect(
          try await session.value("select bool_and(is_default) from trunkline.get_queue_settings('q')", as: Bool.self),
          "\(name)")
      }
    }
  }

  @Test func badValuesAreRefused() async throws {
    try await QueueSession.with { _, session in
      try await session.connection.execute("select pgq.create_queue('q')")
      for (name, value, state) in [
        ("ttl", "0", "22023"), ("ttl", "x", "22007"), ("per_tx_limit", "-1", "22023"),
        ("ticker_max_count", "0", "22023"),
        ("retention", "-1 h", "22023"), ("paused", "x", "22P02"), ("ntables", "4", "22023"),
      ] {
        #expect(
          try await session.refusal("select trunkline.set_queue('q', '\(name)', '\(value)')") == state, "\(name)")
      }
      #expect(try await session.refusal("select trunkline.set_queue('none', 'ttl', '1 h')") == "42704")
      #expect(try await session.refusal("select trunkline.get_queue_settings('none')") == "42704")
    }
  }

  @Test func aPausedQueueMakesNoTicksAndTakesEvents() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("select trunkline.set_queue('q', 'paused', 'on')")
      try await session.insert("x", into: "q")
      #expect(try await session.failure("select pgq.ticker('q')") == "Ticker has been paused for this queue")
      #expect(try await session.nextBatch("q") == nil)
      try await session.connection.execute("select trunkline.set_queue('q', 'paused', 'off')")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["x"])
    }
  }
}
