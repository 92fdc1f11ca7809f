import PostgresClient
import PostgresTesting
import Testing

/// Ordered delivery by key.
@Suite struct LaneTests {
  private func queue(_ session: QueueSession, lanes: Int) async throws {
    try await session.createQueue("q")
    try await session.setLanes(lanes)
  }

  @Test func oneKeyIsWithOneMemberAtATimeInOrder() async throws {
    try await QueueSession.with { _, session in
      try await queue(session, lanes: 4)
      try await session.sendKeyed((0..<40).map { ("k\($0 % 10)", "\($0)") })
      try await session.sendKeyed((40..<80).map { ("k\($0 % 10)", "\($0)") })
      var holders: [String: String] = [:]
      for member in ["a", "b", "c", "d", "e", "f"] {
        guard let received = try await session.receive(5, member: member) else { continue }
        for event in received.events {
          let key = try #require(event.key)
          #expect(holders[key] == nil || holders[key] == member)
          holders[key] = member
        }
        // again, under a new receipt
        let again = try #require(try await session.receive(5, member: member))
        #expect(again.events == received.events)
        #expect(try await session.refusal("select trunkline.ack(\(received.receipt))") == "TL001")
      }
      #expect(Set(holders.values).count >= 3)
      var seen: [String: [Int]] = [:]
      for member in ["a", "b", "c", "d", "a", "b", "c", "d"] {
        while let received = try await session.receive(5, member: member) {
          for event in received.events { seen[event.key ?? "", default: []].append(Int(event.payload ?? "") ?? -1) }
          try await session.ack(received)
        }
      }
      #expect(seen.count == 10)
      for (key, values) in seen { #expect(values == (0..<8).map { (Int(key.dropFirst()) ?? 0) + $0 * 10 }) }
    }
  }

  @Test func aLaneOfADeadMemberGoesToAnotherWithTheSameEvents() async throws {
    try await QueueSession.with { _, session in
      try await queue(session, lanes: 1)
      try await session.sendKeyed([("k", "1"), ("k", "2"), ("k", "3")])
      let first = try #require(try await session.receive(2, member: "a"))
      #expect(try await session.receive(2, member: "b") == nil)
      try await session.connection.execute("update trunkline.delivery set lease_until = '2000-01-01'")
      let second = try #require(try await session.receive(2, member: "b"))
      #expect(second.events == first.events)
      #expect(try await session.refusal("select trunkline.ack(\(first.receipt))") == "TL001")
      try await session.ack(second)
      #expect(try await session.receiveAll(member: "a") == ["3"])
    }
  }

  @Test func laterEventsOfAFailedKeyWaitBehindItInOrder() async throws {
    try await QueueSession.with { _, session in
      try await queue(session, lanes: 2)
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'retry_delay', '1 hour')")
      try await session.sendKeyed([("k", "k1"), ("o", "o1"), ("k", "k2")])
      let first = try await session.receiveWith("k1")
      let k1 = try #require(first.events.first { $0.payload == "k1" })
      let k2 = try #require(first.events.first { $0.payload == "k2" })
      #expect(try await session.nack(first, k1.id) == "retry")
      #expect(try await session.nack(first, k1.id) == "retry")
      #expect(try await session.nack(first, k2.id) == "retry")
      #expect(try await session.ack(first) == Int64(first.events.filter { $0.key != "k" }.count))
      _ = try await session.receiveAll()
      try await session.sendKeyed([("k", "k3"), ("o", "o2")])
      #expect(try await session.receiveAll() == ["o2"])

      // the head fails again, then is done; the others follow in order
      try await session.parkedAreDue()
      let again = try #require(try await session.receive())
      #expect(again.payloads == ["k1"] && again.events[0].attempt == 2)
      #expect(try await session.nack(again, k1.id) == "retry")
      #expect(try await session.ack(again) == 0)
      #expect(try await session.receive() == nil)
      try await session.parkedAreDue()
      let third = try #require(try await session.receive())
      #expect(third.payloads == ["k1"] && third.events[0].attempt == 3)
      try await session.ack(third)
      let followers = try #require(try await session.receive())
      #expect(followers.payloads == ["k2", "k3"] && followers.events.map(\.attempt) == [1, 1])
      // one of them fails: it holds back what is behind it
      #expect(try await session.nack(followers, k2.id, dead: true) == "dead")
      #expect(try await session.ack(followers) == 1)
      #expect(try await session.value("select count(*)::int from trunkline.parked_key", as: Int.self) == 0)
      try await session.sendKeyed([("k", "k4")])
      #expect(try await session.receiveAll() == ["k4"])
      // back from the dead, it comes before what is sent later
      #expect(try await session.value("select trunkline.replay_dead('q', 'c')", as: Int.self) == 1)
      try await session.sendKeyed([("k", "k5")])
      #expect(try await session.receiveAll() == ["k2", "k5"])
    }
  }

  @Test func eventsThatAreGivenBackKeepTheirPlaceBeforeAFailedOne() async throws {
    try await QueueSession.with { _, session in
      try await queue(session, lanes: 1)
      try await session.sendKeyed([("k", "1"), ("k", "2"), ("k", "3")])
      let first = try #require(try await session.receive(member: "a"))
      try await session.nack(first, first.events[1].id, delay: "0")
      #expect(try await session.value("select trunkline.release(\(first.receipt))", as: Int.self) == 1)
      #expect(try await session.receiveAll(member: "b") == ["1", "2", "3"])
    }
  }

  @Test func nackOfAllCountsOnlyTheFirstOfEachKey() async throws {
    try await QueueSession.with { _, session in
      try await queue(session, lanes: 1)
      try await session.sendKeyed([("k", "k1"), ("o", "o1"), ("k", "k2"), ("o", "o2")])
      let first = try #require(try await session.receive())
      #expect(try await session.value("select trunkline.nack_all(\(first.receipt), 'x', '0')", as: Int.self) == 4)
      let again = try #require(try await session.receive())
      #expect(again.payloads == ["k1", "o1"] && again.events.map(\.attempt) == [2, 2])
      #expect(try await session.value("select trunkline.nack_all(\(again.receipt), 'x', '0')", as: Int.self) == 2)
      let third = try #require(try await session.receive())
      #expect(third.payloads == ["k1", "o1"] && third.events.map(\.attempt) == [3, 3])
      try await session.ack(third)
      #expect(try await session.receiveAll() == ["k2", "o2"])
    }
  }

  @Test func everyLaneHoldsBackTheRotation() async throws {
    try await QueueSession.with { _, session in
      try await queue(session, lanes: 3)
      try await session.sendKeyed((0..<9).map { ("k\($0)", "\($0)") })
      let positions = { try await session.value("select min(sub_last_tick) from pgq.subscription", as: Int64.self) }
      let before = try await positions()
      let held = try #require(try await session.receive(member: "slow"))
      for _ in 0..<3 {
        try await session.tick("q")
        while let received = try await session.receive(member: "fast") { try await session.ack(received) }
      }
      #expect(try await positions() == before)
      try await session.ack(held)
      _ = try await session.receiveAll()
      #expect(try await positions() > before)
    }
  }

  @Test func plainInterfacesLeaveLanesAlone() async throws {
    try await QueueSession.with { _, session in
      try await queue(session, lanes: 3)
      try await session.sendKeyed([("k", "1")])
      for statement in [
        "select pgq.next_batch('q', 'c')", "select pgq.next_batch('q', 'c.lane-1')",
        "select pgq_coop.next_batch('q', 'c', 'x')", "select pgq_coop.next_batch('q', 'c', 'lane-1')",
        "select pgq_coop.register_subconsumer('q', 'c', 'x')", "select pgq.unregister_consumer('q', 'c.lane-1')",
        "select trunkline.attach_member('q', 'c', 'x', 'h')", "select pgq.register_consumer_at('q', 'c.lane-1', 1)",
      ] {
        #expect(try await session.refusal("\(raw: statement)") == "55000", "\(statement)")
      }
      #expect(
        try await session.value("select pgq_coop.unregister_subconsumer('q', 'c', 'lane-1', 1)", as: Int.self) == 0)
      let received = try #require(try await session.receive())
      let batch: Int64 = try await session.value(
        "select batch_id from trunkline.delivery where receipt = \(received.receipt)")
      #expect(try await session.value("select pgq_coop.finish_batch(\(batch))", as: Int.self) == 0)
      #expect(
        try await session.values("select consumer_name from pgq.get_consumer_info('q')", as: String.self)
          == ["c", "c.lane-1", "c.lane-2"])
      #expect(try await session.value("select pgq.unregister_consumer('q', 'c')", as: Int.self) == 3)
      #expect(try await session.refusal("select trunkline.ack(\(received.receipt))") == "TL001")
      #expect(try await session.value("select count(*)::int from pgq.consumer", as: Int.self) == 0)
      try await session.connection.query("select pgq.register_consumer('q', 'c')")
      try await session.setLanes(2)
      #expect(try await session.value("select pgq.drop_queue('q', true)", as: Int.self) == 1)
    }
  }

  @Test func seekingMovesAllLanes() async throws {
    try await QueueSession.with { _, session in
      try await queue(session, lanes: 3)
      let start: Int64 = try await session.value("select min(sub_last_tick) from pgq.subscription")
      try await session.sendKeyed((0..<12).map { ("k\($0)", "\($0)") })
      let all = try await session.receiveAll(2).sorted()
      #expect(all.count == 12)
      try await session.connection.query("select pgq.register_consumer_at('q', 'c', \(start))")
      #expect(try await session.receiveAll(2).sorted() == all)
    }
  }

  @Test func changingTheNumberOfLanesWaitsForThemAndKeepsOrder() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.sendKeyed((0..<10).map { ("k\($0 % 5)", "\($0)") })
      // alone with half a batch: the lanes come when it is done
      let first = try #require(try await session.receive(5))
      try await session.setLanes(3)
      try await session.ack(first)
      try await session.sendKeyed((10..<20).map { ("k\($0 % 5)", "\($0)") })
      let rest = try #require(try await session.receive(5))
      #expect(rest.payloads == ["5", "6", "7", "8", "9"])
      try await session.ack(rest)

      let a = try #require(try await session.receive(100, member: "a"))
      #expect(try await session.value("select count(*)::int from pgq.subscription", as: Int.self) == 3)
      try await session.setLanes(2)
      try await session.sendKeyed((20..<30).map { ("k\($0 % 5)", "\($0)") })
      var seen = try await session.receiveAll(100, member: "b")
      // nobody may be given later events of the keys that are still with a
      #expect(seen.allSatisfy { (Int($0) ?? 0) < 20 })
      seen += a.payloads
      #expect(try await session.receive(member: "b") == nil)
      try await session.ack(a)
      let later = try await session.receiveAll(100, member: "b")
      #expect(later.allSatisfy { (Int($0) ?? 0) >= 20 })
      #expect(try await session.value("select count(*)::int from pgq.subscription", as: Int.self) == 2)
      #expect((seen + later).compactMap(Int.init).sorted() == Array(10..<30))

      // away with them: what is parked is retried
      try await session.sendKeyed([("k", "x"), ("k", "y")])
      let last = try await session.receiveWith("x")
      try await session.nack(last, last.events[0].id, delay: "0")
      try await session.ack(last)
      _ = try await session.value("select trunkline.set_consumer('q', 'c', 'lanes', null)", as: Int.self)
      _ = try await session.receiveAll()
      try await session.retryNow()
      #expect(try await session.receiveAll().sorted() == ["x", "y"])
      #expect(try await session.value("select count(*)::int from pgq.subscription", as: Int.self) == 1)
    }
  }

  @Test func aLaneCannotTakeTheNameOfAConsumer() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: ["c", "c.lane-1"])
      #expect(try await session.refusal("select trunkline.set_consumer('q', 'c', 'lanes', '2')") == "42710")
      #expect(try await session.refusal("select trunkline.set_consumer('q', 'c', 'lanes', '0')") == "22023")
      #expect(try await session.refusal("select trunkline.set_consumer('q', 'c', 'lanes', '1001')") == "22023")
    }
  }

  @Test func receiversAreWokenWhenParkedEventsAreDue() async throws {
    try await QueueSession.with { database, session in
      try await queue(session, lanes: 1)
      try await session.sendKeyed([("k", "1")])
      let first = try #require(try await session.receive())
      try await session.nack(first, first.events[0].id, delay: "0")
      try await session.ack(first)
      let listener = try await QueueSession(database)
      try await listener.connection.execute("listen trunkline_tick")
      #expect(try await session.value("select (trunkline._due_in()).delayed <= 0", as: Bool.self))
      #expect(try await session.value("select trunkline.maint_delayed_events()", as: Int.self) == 1)
      #expect(try await session.value("select trunkline.maint_delayed_events()", as: Int.self) == 0)
      #expect(try await session.value("select (trunkline._due_in()).delayed", as: Int64?.self) == nil)
      await listener.connection.close()
    }
  }
}

extension QueueSession {
  func setLanes(_ count: Int, consumer: String = "c") async throws {
    try await connection.query("select trunkline.set_consumer('q', \(consumer), 'lanes', \(count)::text)")
  }

  /// Sends these keys and payloads in one transaction and makes a tick.
  func sendKeyed(_ events: [(key: String, payload: String)]) async throws {
    try await connection.query(
      """
      select pgq.insert_event('q', 't', p, null, null, null, k)
      from unnest(\(events.map(\.key))::text[], \(events.map(\.payload))::text[]) e (k, p)
      """)
    try await tick("q")
  }

  /// Makes all parked events due.
  func parkedAreDue() async throws {
    try await connection.execute("update trunkline.parked_key set due_at = '2000-01-01'")
  }

  /// Receives until `payload` comes; what comes before it is acknowledged.
  func receiveWith(_ payload: String) async throws -> Received {
    while let received = try await receive() {
      if received.payloads.contains(payload) { return received }
      try await ack(received)
    }
    throw PostgresError(.decoding, "\(payload) never came")
  }
}
