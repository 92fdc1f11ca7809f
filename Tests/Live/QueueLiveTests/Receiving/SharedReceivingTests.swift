import PostgresClient
import PostgresTesting
import Testing

/// Members of a group that share the work without order.
@Suite struct SharedReceivingTests {
  private func expire(_ session: QueueSession, member: String) async throws {
    try await session.connection.query(
      "update trunkline.delivery set lease_until = '2000-01-01' where holder = \(member)")
  }

  @Test func everyEventGoesToOneMember() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      for round in 0..<20 { try await session.send((0..<10).map { "\(round * 10 + $0)" }) }
      let all = try await withThrowingTaskGroup(of: [String].self) { group in
        for member in 0..<4 {
          group.addTask {
            let own = try await QueueSession(database)
            let all = try await own.receiveAll(7, member: "m\(member)")
            await own.connection.close()
            return all
          }
        }
        return try await group.reduce(into: [String]()) { $0 += $1 }
      }
      #expect(all.compactMap(Int.init).sorted() == Array(0..<200))
    }
  }

  @Test func theRestOfABatchOfADeadMemberGoesToAnother() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.send((1...10).map(String.init))
      let first = try #require(try await session.receive(3, member: "a"))
      try await session.ack(first)
      let second = try #require(try await session.receive(3, member: "a"))
      try await session.nack(second, second.events[0].id)
      #expect(try await session.receive(member: "b") == nil)
      try await expire(session, member: "a")
      // nobody asked yet, so it still counts
      _ = try await session.value("select trunkline.touch(\(second.receipt)) > now()", as: Bool.self)
      #expect(try await session.receive(member: "b") == nil)
      try await expire(session, member: "a")
      let taken = try #require(try await session.receive(3, member: "b"))
      #expect(taken.payloads == ["5", "6"])
      #expect(try await session.refusal("select trunkline.ack(\(second.receipt))") == "TL001")
      #expect(try await session.refusal("select trunkline.touch(\(second.receipt))") == "TL001")
      #expect(try await session.ack(taken) == 2)
      #expect(try await session.receiveAll(member: "b") == ["7", "8", "9", "10"])
      #expect(try await session.receive(member: "a") == nil)
      try await session.retryNow()
      #expect(try await session.receiveAll(member: "a") == ["4"])
    }
  }

  @Test func whatIsGivenBackGoesToAnother() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.send(["1", "2"])
      let first = try #require(try await session.receive(member: "a"))
      #expect(try await session.value("select trunkline.release(\(first.receipt))", as: Int.self) == 2)
      let second = try #require(try await session.receive(member: "b"))
      #expect(second.events == first.events)
      #expect(try await session.receive(member: "a") == nil)
      #expect(try await session.ack(second) == 2)
    }
  }

  @Test func maintenanceReleasesSilentMembers() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.send((1...4).map(String.init))
      let first = try #require(try await session.receive(1, member: "a"))
      try await session.ack(first)
      let second = try #require(try await session.receive(1, member: "a"))
      try await session.connection.execute("select trunkline.set_member_timeout('q', 'c', '1 hour')")
      try await session.connection.execute("update pgq.subscription set sub_active = '2000-01-01'")
      try await session.connection.execute("select trunkline.maint_dead_members()")
      #expect(try await session.refusal("select trunkline.ack(\(second.receipt))") == "TL001")
      #expect(try await session.receiveAll(member: "b") == ["2", "3", "4"])
    }
  }

  @Test func aConsumerThatWorkedAloneLeavesItsBatchToTheGroup() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.send(["1", "2", "3"])
      let alone = try #require(try await session.receive(1))
      try await session.ack(alone)
      #expect(try await session.refusal("select trunkline.receive('q', 'c', 1, 'a')") == "55000")
      try await session.connection.execute("update trunkline.delivery set lease_until = '2000-01-01'")
      #expect(try await session.receiveAll(1, member: "a") == ["2", "3"])
      try await session.send(["4"])
      #expect(try await session.receiveAll() == ["4"])
    }
  }

  @Test func aMemberWithoutWorkIsNotRegistered() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("begin")
      #expect(try await session.receive(member: "a") == nil)
      #expect(try await session.value("select txid_current_if_assigned() is null", as: Bool.self))
      try await session.connection.execute("commit")
      #expect(try await session.value("select count(*)::int from pgq.subscription", as: Int.self) == 1)
      #expect(try await session.refusal("select trunkline.receive('q', 'c', 1, 'lane-1')") == "22023")
    }
  }

  @Test func twoMembersRaceForABatchThatWasLeft() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.send(["1"])
      _ = try #require(try await session.receive(member: "dead"))
      try await expire(session, member: "dead")
      let taken = try await withThrowingTaskGroup(of: Int.self) { group in
        for member in ["a", "b", "d", "e"] {
          group.addTask {
            let own = try await QueueSession(database)
            let received = try await own.receive(member: member)
            await own.connection.close()
            return received == nil ? 0 : 1
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(taken == 1)
    }
  }
}
