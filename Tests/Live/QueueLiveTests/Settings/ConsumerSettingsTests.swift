import PostgresClient
import PostgresTesting
import Testing

@Suite struct ConsumerSettingsTests {
  private func settings(_ session: QueueSession) async throws -> [String: String?] {
    let rows = try await session.connection.query(
      "select setting, value from trunkline.get_consumer_settings('q', 'c')")
    return try Dictionary(
      uniqueKeysWithValues: rows.map { (try $0.decode(0, as: String.self), try $0.decode(1, as: String?.self)) })
  }

  @Test func everySettingIsKeptAndNullIsTheDefault() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let defaults = try await settings(session)
      #expect(
        defaults == [
          "max_attempts": "20", "retry_delay": "00:00:05", "retry_max_delay": "01:00:00", "lanes": nil,
          "lease_time": "00:01:00", "max_age": nil, "max_bytes": nil, "on_limit": "warn", "owner": nil,
          "paused": "false",
        ])
      for (setting, value, shown) in [
        ("max_attempts", "3", "3"), ("retry_delay", "0", "00:00:00"), ("retry_max_delay", "2 min", "00:02:00"),
        ("lease_time", "90 s", "00:01:30"), ("max_age", "1 day", "1 day"),
        ("max_bytes", "1000000000000", "1000000000000"),
        ("on_limit", "evict", "evict"), ("owner", "pgq_admin", "pgq_admin"), ("paused", "on", "true"),
      ] {
        try await session.connection.query("select trunkline.set_consumer('q', 'c', \(setting), \(value))")
        #expect(try await settings(session)[setting] == shown, "\(setting)")
        try await session.connection.query("select trunkline.set_consumer('q', 'c', \(setting), null)")
        #expect(try await settings(session) == defaults, "\(setting)")
      }
    }
  }

  @Test func badValuesAreRefused() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      for (setting, value, state) in [
        ("max_attempts", "0", "22023"), ("max_attempts", "many", "22P02"), ("retry_delay", "-1 s", "22023"),
        ("lease_time", "0", "22023"), ("max_age", "soon", "22007"), ("max_bytes", "-1", "22023"),
        ("on_limit", "ignore", "22023"), ("owner", "nobody at all", "42704"), ("paused", "perhaps", "22P02"),
        ("lanes", "0", "22023"), ("colour", "red", "22023"),
      ] {
        #expect(
          try await session.refusal("select trunkline.set_consumer('q', 'c', '\(setting)', '\(value)')") == state,
          "\(setting) \(value)")
      }
      #expect(try await session.refusal("select trunkline.set_consumer('q', 'none', 'paused', 'on')") == "42704")
      #expect(try await session.refusal("select trunkline.get_consumer_settings('q', 'none')") == "42704")
    }
  }

  @Test func aPausedConsumerGetsNothing() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: ["c", "other"])
      try await session.insert("x", into: "q")
      try await session.tick("q")
      try await session.connection.execute(
        "select trunkline.set_consumer('q', 'c', 'paused', 'on'), trunkline.attach_consumer('q', 'c', 'test')")
      let asked = [
        "pgq.next_batch('q', 'c')", "(pgq.next_batch_info('q', 'c')).prev_tick_id",
        "(pgq.next_batch_custom('q', 'c', null, 1, null)).batch_id", "(trunkline.open_batch('q', 'c', 1, 10)).batch_id",
        "(trunkline.open_batch('q', 'c', 1, 10)).prev_tick_id",
      ]
      for call in asked {
        #expect(try await session.value("select \(raw: call)", as: Int64?.self) == nil, "\(call)")
      }
      #expect(try await session.nextBatch("q", "other") != nil)
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'paused', 'off')")
      let batch = try #require(try await session.nextBatch("q"))
      // what it works on can be finished during a pause, but is not given out again
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'paused', 'on')")
      #expect(try await session.nextBatch("q") == nil)
      try await session.finish(batch)
    }
  }

  @Test func membersOfAPausedGroupGetNothing() async throws {
    try await QueueSession.with { _, session in
      try await session.queueWithOneBatch()
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'paused', 'on')")
      #expect(try await session.next("a") == nil)
      let lease: Int64 = try await session.value("select trunkline.attach_member('q', 'c', 'b', 'test')")
      let open = PostgresQuery("select batch_id from trunkline.open_member_batch('q', 'c', 'b', \(lease), 10)")
      #expect(try await session.value(open, as: Int64?.self) == nil)
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'paused', null)")
      #expect(try await session.value(open, as: Int64?.self) != nil)
      // a pause between the look without a lock and the one with it
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'paused', 'on')")
      #expect(try await session.value(open, as: Int64?.self) == nil)
    }
  }

  @Test func settingsGoWithTheConsumer() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: [])
      try await session.connection.execute(
        """
        select trunkline.register('q', 'c');
        select trunkline.set_consumer('q', 'c', 'max_attempts', '3');
        select pgq.unregister_consumer('q', 'c');
        select pgq.register_consumer('q', 'c');
        """)
      #expect(
        try await session.value(
          "select bool_and(is_default) from trunkline.get_consumer_settings('q', 'c')", as: Bool.self))
    }
  }

  @Test func registeringStartsWhereItIsTold() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: [])
      try await session.insert("1", into: "q")
      let tick = try await session.tick("q")
      try await session.insert("2", into: "q")
      try await session.tick("q")
      for (start, expected) in [("earliest", ["1", "2"]), ("\(tick)", ["2"]), ("latest", [])] {
        #expect(try await session.value("select trunkline.register('q', 'c', \(start))", as: Int.self) == 1)
        #expect(try await session.value("select trunkline.register('q', 'c', \(start))", as: Int.self) == 0)
        #expect(try await session.drain("q") == expected, "\(start)")
        #expect(try await session.value("select trunkline.unregister('q', 'c')", as: Int.self) == 1)
      }
      #expect(try await session.value("select trunkline.unregister('q', 'c')", as: Int.self) == 0)
      #expect(try await session.refusal("select trunkline.register('q', 'c', 'yesterday')") == "22023")
      #expect(try await session.refusal("select trunkline.register('q', 'c', '99999')") == "P0001")
      #expect(try await session.refusal("select trunkline.register('q', '')") == "22023")
      #expect(try await session.refusal("select trunkline.register('none', 'c')") == "42704")
    }
  }
}
