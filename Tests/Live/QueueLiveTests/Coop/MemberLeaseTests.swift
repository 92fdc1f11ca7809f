import PostgresClient
import PostgresTesting
import Testing

/// Heartbeats, fencing and the take-over of dead members by maintenance.
@Suite struct MemberLeaseTests {
  private func attach(_ member: String, _ session: QueueSession) async throws -> Int64 {
    try await session.value("select trunkline.attach_member('q', 'c', \(member), 'test')")
  }

  private func open(_ member: String, _ lease: Int64, _ session: QueueSession) async throws -> Int64? {
    try await session.value("select batch_id from trunkline.open_member_batch('q', 'c', \(member), \(lease), 1000)")
  }

  private func makeDead(_ member: String, _ session: QueueSession) async throws {
    try await session.connection.query(
      """
      update pgq.subscription set sub_active = '2000-01-01'
      where sub_consumer = (select co_id from pgq.consumer where co_name = 'c.' || \(member))
      """)
  }

  /// What the statement is refused with.
  private func state(_ query: PostgresQuery, _ session: QueueSession) async throws -> String? {
    do {
      try await session.connection.query(query)
      return nil
    } catch let error as PostgresError where error.code == .server {
      return error.sqlState?.rawValue
    }
  }

  @Test func slowMemberThatLostItsBatchIsRefused() async throws {
    try await QueueSession.with { database, session in
      try await session.queueWithOneBatch()
      try await session.connection.execute("select trunkline.set_member_timeout('q', 'c', '1 hour')")
      let lease = try await attach("a", session)
      let batch = try #require(try await open("a", lease, session))
      try await session.connection.execute("select trunkline.maint_dead_members()")
      #expect(
        try await session.value("select trunkline.touch_member('q', 'c', 'a', \(lease))", as: Int64?.self) == batch)
      try await makeDead("a", session)
      #expect(
        try await session.values("select func_name from pgq.maint_operations()", as: String.self)
          .contains("trunkline.maint_dead_members"))
      try await session.connection.execute("select trunkline.maint_dead_members()")

      let event: Int64 = try await session.value("select max(ev_id) from pgq.event_template")
      #expect(try await state("select trunkline.touch_member('q', 'c', 'a', \(lease))", session) == "TL001")
      #expect(
        try await state("select trunkline.close_member_batch('q', 'c', 'a', \(lease), \(batch))", session) == "TL001")
      #expect(
        try await state(
          "select trunkline.retry_member_event('q', 'c', 'a', \(lease), \(batch), \(event), 0)", session) == "TL001")
      // the plain interface does not know the old id either
      #expect(try await session.value("select pgq_coop.finish_batch(\(batch))", as: Int.self) == 0)
      #expect(try await session.failure("select pgq.event_retry(\(batch), \(event), 0)") == "event not found")

      let taken = try #require(try await session.next("b"))
      #expect(taken != batch)
      #expect(try await session.values("select ev_data from pgq.get_batch_events(\(taken))") == ["x"])
      #expect(try await session.value("select pgq_coop.finish_batch(\(taken))", as: Int.self) == 1)
      #expect(try await session.next("a") == nil)
    }
  }

  @Test func twoProcessesRaceForADeadMembersBatch() async throws {
    try await QueueSession.with { database, session in
      try await session.queueWithOneBatch()
      try await session.connection.execute("select trunkline.set_member_timeout('q', 'c', '1 hour')")
      let dead = try await attach("dead", session)
      _ = try #require(try await open("dead", dead, session))
      try await makeDead("dead", session)
      let taken = try await withThrowingTaskGroup(of: Int64?.self) { group in
        for member in ["a", "b", "d"] {
          group.addTask {
            let own = try await QueueSession(database)
            let lease = try await attach(member, own)
            let batch = try await open(member, lease, own)
            await own.connection.close()
            return batch
          }
        }
        return try await group.reduce(into: [Int64]()) { if let batch = $1 { $0.append(batch) } }
      }
      #expect(taken.count == 1)
    }
  }

  @Test func aMemberInTheMiddleOfACallIsNotDead() async throws {
    try await QueueSession.with { database, session in
      try await session.queueWithOneBatch()
      try await session.connection.execute("select trunkline.set_member_timeout('q', 'c', '1 hour')")
      let lease = try await attach("a", session)
      let batch = try #require(try await open("a", lease, session))
      try await makeDead("a", session)
      let member = try await QueueSession(database)
      try await member.connection.execute("begin")
      try await member.connection.query("select trunkline.close_member_batch('q', 'c', 'a', \(lease), \(batch))")
      try await session.connection.execute("select trunkline.maint_dead_members()")
      #expect(try await session.next("b") == nil)
      try await member.connection.execute("commit")
      #expect(try await session.next("b") == nil)
      await member.connection.close()
    }
  }

  @Test func newerProcessReplacesTheOlder() async throws {
    try await QueueSession.with { _, session in
      try await session.queueWithOneBatch()
      let older = try await attach("a", session)
      let batch = try #require(try await open("a", older, session))
      let newer = try await attach("a", session)
      #expect(
        try await state("select trunkline.close_member_batch('q', 'c', 'a', \(older), \(batch))", session) == "TL001")
      #expect(try await open("a", newer, session) == batch)
      #expect(
        try await session.value(
          "select trunkline.close_member_batch('q', 'c', 'a', \(newer), \(batch))", as: Int.self) == 1)
    }
  }

  @Test func leavingMemberGivesItsBatchToTheOthers() async throws {
    try await QueueSession.with { _, session in
      try await session.queueWithOneBatch()
      let lease = try await attach("a", session)
      _ = try #require(try await open("a", lease, session))
      #expect(try await session.value("select trunkline.detach_member('q', 'c', 'a', \(lease))", as: Int.self) == 1)
      let batch = try #require(try await session.next("b"))
      #expect(try await session.values("select ev_data from pgq.get_batch_events(\(batch))") == ["x"])
      let members = try await session.values(
        "select member_name from trunkline.get_member_info('q', 'c')", as: String.self)
      #expect(members == ["b"])
    }
  }

  @Test func ticksAreJoinedUpToTheLimitAndNoneIsSkipped() async throws {
    try await QueueSession.with { _, session in
      try await session.queueWithOneBatch()
      for _ in 0..<9 {
        try await session.insert("x", into: "q")
        try await session.tick("q")
      }
      let lease = try await attach("a", session)
      var sizes: [Int] = []
      while let batch: Int64 = try await session.value(
        "select batch_id from trunkline.open_member_batch('q', 'c', 'a', \(lease), 4)")
      {
        sizes.append(try await session.value("select count(*)::int from pgq.get_batch_events(\(batch))"))
        try await session.connection.query("select trunkline.close_member_batch('q', 'c', 'a', \(lease), \(batch))")
      }
      #expect(sizes == [4, 4, 2])
    }
  }
}
