import PostgresClient
import PostgresTesting
import Testing

/// No event comes after the last tick of a root that is demoted: it would be committed, but no other node would ever have it.
@Suite struct DemotedRootTests {
  @Test func writerWithAnOldSnapshotIsRefused() async throws {
    try await QueueSession.with { database, session in
      try await session.createRoot()
      let writer = try await QueueSession(database)
      try await writer.connection.execute("begin isolation level repeatable read; select 1")
      try await session.connection.query("select pgq_node.demote_root('q', 1, 'b')")
      // this one's snapshot hides step 1 and still shows a queue that takes inserts
      #expect(
        try await writer.value("select queue_disable_insert from pgq.queue where queue_name = 'q'", as: Bool.self)
          == false)
      try await session.connection.query("select pgq_node.demote_root('q', 2, 'b')")
      #expect(
        try await writer.failure("select pgq.insert_event('q', 't', 'late')") == "Insert into queue disallowed")
      await writer.connection.close()
    }
  }

  @Test(.timeLimit(.minutes(2))) func lastTickWaitsForWhoIsInserting() async throws {
    try await QueueSession.with { database, session in
      try await session.createRoot()
      try await session.connection.query("select pgq.register_consumer('q', 'c')")
      let writer = try await QueueSession(database)
      try await writer.connection.execute("begin")
      try await writer.insert("in time", into: "q")
      try await session.connection.query("select pgq_node.demote_root('q', 1, 'b')")
      let administrator = try await QueueSession(database)
      async let last: Int64 = administrator.value("select last_tick from pgq_node.demote_root('q', 2, 'b')")
      try await pollUntil("the last tick to wait for the writer") {
        try await session.value(
          "select exists (select 1 from pg_locks where not granted and pid = \(administrator.connection.backendPID))")
      }
      #expect(try await session.value("select count(*) from pgq.tick", as: Int.self) == 1)
      try await writer.connection.execute("commit")
      #expect(try await last == 2)
      #expect(try await session.drain("q").contains("in time"))
      await writer.connection.close()
      await administrator.connection.close()
    }
  }

  @Test func stepsHaveAnOrder() async throws {
    try await QueueSession.with { _, session in
      try await session.createRoot()
      #expect(try await session.failure("select pgq_node.demote_root('q', 2, 'b')") == "steps in wrong order")
      try await session.connection.query("select pgq_node.demote_root('q', 1, 'b')")
      #expect(try await session.failure("select pgq_node.demote_root('q', 3, 'b')") == "steps in wrong order")
      try await session.connection.query("select pgq_node.demote_root('q', 2, 'b')")
      try await session.connection.query("select pgq_node.demote_root('q', 2, 'b')")
      try await session.connection.query("select pgq_node.demote_root('q', 3, 'b')")
      let state: String = try await session.value(
        "select node_type || ' ' || provider_node || ' ' || worker_last_tick from pgq_node.get_node_info('q')")
      #expect(state == "branch b 3")
    }
  }

  @Test func promotedBranchTakesInsertsAgainAndCountsOn() async throws {
    try await QueueSession.with { _, session in
      try await session.createRoot()
      for step in 1...3 { try await session.connection.query("select pgq_node.demote_root('q', \(step), 'b')") }
      // copies of the provider's events and ticks go in meanwhile
      try await session.connection.execute(
        """
        begin; set local session_replication_role = replica;
        select pgq.insert_event_raw('q', 500, now(), null, null, 't', 'copied', null, null, null, null);
        select pgq.ticker('q', 40, now(), 600); commit
        """)
      try await session.connection.query("select pgq_node.set_consumer_completed('q', 'wa', 40)")
      #expect(try await session.failure("select pgq.insert_event('q', 't', 'x')") == "Insert into queue disallowed")
      try await session.connection.query("select pgq_node.promote_branch('q')")
      #expect(try await session.insert("own", into: "q") > 600)
      #expect(try await session.tick("q") == 41)
    }
  }

  @Test(.timeLimit(.minutes(2))) func closedQueueRotates() async throws {
    try await QueueSession.withQuietServer { database, session in
      try await database.psql(NodeSchema.text)
      try await session.createRoot()
      try await session.connection.query("update pgq.queue set queue_rotation_period = '0'")
      for step in 1...3 { try await session.connection.query("select pgq_node.demote_root('q', \(step), 'b')") }
      for round in 1...4 {
        let table = try await session.currentTable("q")
        try await session.connection.execute(
          """
          begin; set local session_replication_role = replica;
          select pgq.insert_event_raw('q', null, now(), null, null, 't', 'copied', null, null, null, null);
          select pgq.ticker('q', \(10 * round), now(), 1000 * \(round)); commit;
          begin; select pgq.ticker('q', \(10 * round + 1), now(), 1000 * \(round)); commit;
          select pgq.register_consumer_at('q', '.global_watermark', \(10 * round + 1));
          """)
        try await session.rotate("q")
        #expect(try await session.currentTable("q") == (table + 1) % 3)
        #expect(try await session.slot("q") == 1_000_000 + (table + 1) % 3)
      }
    }
  }
}
