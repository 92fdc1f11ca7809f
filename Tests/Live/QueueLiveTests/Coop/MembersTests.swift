import PostgresClient
import PostgresTesting
import Testing

/// Work sharing through the plain pgq_coop interface.
@Suite struct MembersTests {
  @Test func membersShareAllEventsExactlyOnce() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q", consumers: [])
      try await session.connection.query("select pgq_coop.register_subconsumer('q', 'c', 'm0')")
      for round in 0..<20 {
        try await session.connection.query(
          "select pgq.insert_event('q', 't', (\(round) * 10 + i)::text) from generate_series(1, 10) i")
        try await session.tick("q")
      }
      let seen = try await withThrowingTaskGroup(of: [String].self) { group in
        for member in 0..<4 {
          group.addTask {
            let own = try await QueueSession(database)
            var seen: [String] = []
            while let batch = try await own.next("m\(member)") {
              seen += try await own.values("select ev_data from pgq.get_batch_events(\(batch))")
              try await own.connection.query("select pgq_coop.finish_batch(\(batch))")
            }
            await own.connection.close()
            return seen
          }
        }
        return try await group.reduce(into: [String]()) { $0 += $1 }
      }
      #expect(seen.compactMap(Int.init).sorted() == Array(1...200))
    }
  }

  @Test func openBatchesOfMembersHoldBackTableSwitches() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: [])
      try await session.connection.query("select pgq_coop.register_subconsumer('q', 'c', 'a')")
      try await session.insert("kept", into: "q")
      try await session.tick("q")
      let batch = try #require(try await session.next("a"))
      for _ in 0..<6 {
        try await session.tick("q")
        while let other = try await session.next("b") {
          try await session.connection.query("select pgq_coop.finish_batch(\(other))")
        }
        try await session.rotate("q")
      }
      #expect(try await session.values("select ev_data from pgq.get_batch_events(\(batch))") == ["kept"])
    }
  }

  @Test func deadMembersBatchIsTakenOverUnderItsId() async throws {
    try await QueueSession.with { _, session in
      try await session.queueWithOneBatch()
      let batch = try #require(try await session.next("a"))
      #expect(try await session.next("a") == batch)
      #expect(try await session.next("b") == nil)
      #expect(try await session.value("select pgq_coop.next_batch('q', 'c', 'b', '1 hour')", as: Int64?.self) == nil)
      try await session.connection.execute("update pgq.subscription set sub_active = '2000-01-01'")
      #expect(
        try await session.value("select pgq_coop.next_batch('q', 'c', 'b', '1 hour')", as: Int64?.self) == batch)
      #expect(
        try await session.values("select consumer_name from pgq.get_consumer_info('q')", as: String.self)
          == ["c", "c.b"])
    }
  }

  @Test func unregisteringWithAnOpenBatch() async throws {
    try await QueueSession.with { _, session in
      try await session.queueWithOneBatch()
      _ = try #require(try await session.next("a"))
      let refusal = try await session.failure("select pgq_coop.unregister_subconsumer('q', 'c', 'a', 0)")
      #expect(refusal == "subconsumer has active batch")
      #expect(try await session.value("select pgq_coop.unregister_subconsumer('q', 'c', 'a', 1)", as: Int.self) == 1)
      #expect(try await session.value("select pgq_coop.unregister_subconsumer('q', 'c', 'a', 1)", as: Int.self) == 0)
      #expect(try await session.next("b") == nil)
      #expect(try await session.value("select pgq.unregister_consumer('q', 'c')", as: Int.self) == 2)
    }
  }

  @Test func messagesAndRoles() async throws {
    try await QueueSession.with { _, session in
      try await session.queueWithOneBatch()
      #expect(
        try await session.failure("select pgq_coop.register_subconsumer('none', 'c', 'a')")
          == "Event queue not created yet")
      #expect(try await session.value("select pgq_coop.finish_batch(999999)", as: Int.self) == 0)
      _ = try await session.nextBatch("q")
      #expect(
        try await session.failure("select pgq_coop.next_batch('q', 'c', 'a')") == "main consumer has batch open?")
      let open = try await session.values(
        """
        select p.proname || ' ' || r from pg_proc p, unnest(array['pgq_reader', 'pgq_writer']) r
        where pronamespace = 'pgq_coop'::regnamespace and p.proname <> 'version' and has_function_privilege(r, p.oid, 'execute')
          and (r = 'pgq_writer' or p.proname like '\\_%')
        """, as: String.self)
      #expect(open == [])
      let unpinned = try await session.values(
        """
        select p.oid::regprocedure::text from pg_proc p
        where pronamespace = any ('{pgq_coop, pgq_ext, trunkline}'::regnamespace[]) and prosecdef
          and not coalesce(proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)
        """, as: String.self)
      #expect(unpinned == [])
      try await session.connection.execute("set role pgq_reader; select pgq_coop.version()")
      #expect(try await session.failure("select trunkline.maint_dead_members()") != nil)
    }
  }
}

extension QueueSession {
  func next(_ member: String) async throws -> Int64? {
    try await value("select pgq_coop.next_batch('q', 'c', \(member))")
  }

  /// Queue q with the group c, members a and b, and one event to take.
  func queueWithOneBatch() async throws {
    try await createQueue("q", consumers: [])
    for member in ["a", "b"] {
      try await connection.query("select pgq_coop.register_subconsumer('q', 'c', \(member))")
    }
    try await insert("x", into: "q")
    try await tick("q")
  }
}
