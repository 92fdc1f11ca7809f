import PostgresClient
import PostgresTesting
import Testing

/// Who may receive and what a receipt is worth in other hands.
@Suite struct ReceivingRightsTests {
  @Test func receiptsOfOthersAreRefusedEvenIfGuessed() async throws {
    try await QueueSession.with { database, session in
      let suffix = UInt64.random(in: 0 ... .max)
      let (alice, bob) = ("alice_\(suffix)", "bob_\(suffix)")
      for role in [alice, bob] { try await session.connection.execute("create role \(role) login") }
      try await session.createQueue("q", consumers: [])
      for role in [alice, bob] {
        try await session.connection.query("select trunkline.grant_queue('q', \(role), 'consume')")
      }
      let own = try await QueueSession(database, user: alice)
      let other = try await QueueSession(database, user: bob)
      try await own.connection.execute("select trunkline.register('q', 'c')")
      try await session.send(["1", "2"])
      #expect(try await other.refusal("select trunkline.receive('q', 'c')") == "42501")
      let received = try #require(try await own.receive())
      let event = received.events[0].id
      for call in [
        "ack(\(received.receipt))", "ack_until(\(received.receipt), \(event))", "nack(\(received.receipt), \(event))",
        "nack_all(\(received.receipt))", "touch(\(received.receipt))", "release(\(received.receipt))",
        "replay_dead('q', 'c')", "purge_dead('q', 'c')",
      ] {
        #expect(try await other.refusal("select trunkline.\(raw: call)") == "42501", "\(call)")
      }
      #expect(try await own.nack(received, event, dead: true) == "dead")
      #expect(try await own.ack(received) == 1)
      #expect(try await other.values("select dead_id from trunkline.list_dead()", as: Int64.self) == [])
      let dead: Int64 = try await own.value("select dead_id from trunkline.list_dead()")
      #expect(try await other.values("select event_id from trunkline.get_dead(\(dead))", as: Int64.self) == [])
      #expect(try await own.values("select event_id from trunkline.get_dead(\(dead))", as: Int64.self) == [event])
      #expect(try await own.value("select trunkline.replay_dead('q', 'c', \(dead))", as: Int.self) == 1)
      #expect(try await own.refusal("select trunkline._take_part(null, 1, '1 s', 1, 1, 'x')") == "42501")
      await own.connection.close()
      await other.connection.close()
      for role in [alice, bob] { try await session.connection.execute("drop role \(role)") }
    }
  }

  @Test func aPausedConsumerGetsNothing() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.send(["1"])
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'paused', 'true')")
      #expect(try await session.receive() == nil)
      #expect(try await session.receive(member: "a") == nil)
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'paused', 'false')")
      #expect(try await session.receiveAll() == ["1"])
    }
  }

  @Test func consumersOfTheBatchInterfaceHaveDeadLettersToo() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'max_attempts', '2')")
      try await session.send(["1"])
      for attempt in 1...2 {
        let lease: Int64 = try await session.value("select trunkline.attach_consumer('q', 'c', 'test')")
        let batch: Int64 = try await session.value("select batch_id from trunkline.open_batch('q', 'c', \(lease), 100)")
        let event: Int64 = try await session.value("select max(ev_id) from pgq.get_batch_events(\(batch))")
        for _ in 0..<2 {
          let outcome: String = try await session.value(
            "select trunkline.fail_event('q', 'c', \(lease), \(batch), \(event), 'no', '0')")
          #expect(outcome == (attempt == 2 ? "dead" : "retry"))
        }
        #expect(
          try await session.refusal("select trunkline.fail_event('q', 'c', \(lease - 1), \(batch), \(event))")
            == "TL001")
        #expect(
          try await session.refusal("select trunkline.fail_event('q', 'c', \(lease), \(batch), \(event + 1000))")
            == "22023")
        try await session.connection.query("select trunkline.close_batch('q', 'c', \(lease), \(batch))")
        try await session.retryNow()
      }
      #expect(try await session.values("select attempts from trunkline.list_dead('q')", as: Int.self) == [2])

      try await session.createQueue("m")
      try await session.send(["1"], queue: "m")
      let lease: Int64 = try await session.value("select trunkline.attach_member('m', 'c', 'a', 'test')")
      let batch: Int64 = try await session.value(
        "select batch_id from trunkline.open_member_batch('m', 'c', 'a', \(lease), 100)")
      let event: Int64 = try await session.value("select max(ev_id) from pgq.get_batch_events(\(batch))")
      let outcome: String = try await session.value(
        "select trunkline.fail_member_event('m', 'c', 'a', \(lease), \(batch), \(event), 'no', dead => true)")
      #expect(outcome == "dead")
      #expect(try await session.values("select consumer_name from trunkline.list_dead('m')", as: String.self) == ["c"])
    }
  }

  @Test func maintenanceRemovesOldFailuresAndWhatEndedOtherwise() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.query(
        "select count(pgq.insert_event('q', 't', i::text)) from generate_series(1, 3000) i")
      try await session.tick("q")
      let received = try #require(try await session.receive(10))
      try await session.nack(received, received.events[0].id)
      #expect(try await session.value("select trunkline.maint_deliveries()", as: Int.self) == 0)
      #expect(try await session.value("select count(*)::int from trunkline.set_aside", as: Int.self) == 1)
      let batch: Int64 = try await session.value("select batch_id from trunkline.delivery")
      try await session.finish(batch)
      try await session.connection.execute("update trunkline.failure set failed_at = now() - interval '8 days'")
      #expect(
        try await session.values("select func_name from pgq.maint_operations()", as: String.self)
          .contains("trunkline.maint_deliveries"))
      try await session.connection.execute("select trunkline.maint_deliveries()")
      for table in ["set_aside", "batch_part", "failure"] {
        #expect(try await session.value("select count(*)::int from trunkline.\(raw: table)", as: Int.self) == 0)
      }
    }
  }
}
