import PostgresClient
import PostgresTesting
import Testing

/// Tests of their own, but on the same quiet server: they look at transactions of the whole server, too.
extension RotationTests {
  @Test func copyIntoTheCurrentTableIsDelivered() async throws {
    try await QueueSession.withQuietServer { _, session in
      try await session.createQueue("q")
      for round in 0..<3 {
        try await session.connection.execute("begin")
        let table: String = try await session.value("select pgq.current_event_table('q')")
        #expect(table == "pgq.event_1_\(round)")
        _ = try await session.connection.copyIn("copy \(table) (ev_time, ev_type, ev_data) from stdin") { writer in
          try await writer.write("2020-01-01\tt\tcopied \(round)\n")
        }
        try await session.connection.execute("commit")
        #expect(try await session.value("select event_seq > last_tick_event_seq from pgq._poll_queues()") == true)
        try await session.tick("q")
        #expect(try await session.drain("q") == ["copied \(round)"])
        try await session.settle("q")
        try await session.rotate("q")
      }
    }
  }

  @Test func tickTellsWhenAllEarlierWritersHaveEnded() async throws {
    try await QueueSession.withQuietServer { database, session in
      try await session.createQueue("q")
      let writer = try await QueueSession(database)
      try await writer.connection.execute("begin")
      try await writer.insert("x", into: "q")
      let tick: Int64 = try await session.value("select tick_xid from pgq._make_tick('q')")
      let xmin = PostgresQuery("select txid_snapshot_xmin(snapshot) from pgq._poll_queues()")
      #expect(try await session.value(xmin, as: Int64.self) < tick)
      try await writer.connection.execute("commit")
      #expect(try await session.value(xmin, as: Int64.self) >= tick)
      try await session.tick("q")
      #expect(try await session.drain("q") == ["x"])
    }
  }

  /// As `writerWithAnOldSnapshotLosesNothing`, for every way of sending: their own statements read the slot.
  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      "select trunkline.send('q', 'late')", "select trunkline.send('q', array['late'])",
      "select trunkline.send('q', 'late', dedup_key => 'k')",
      "select trunkline.send('q', 'late', delay => '1 us'), pg_sleep(0.001); select trunkline.maint_delayed_events()",
    ])
  func sendingWithAnOldSnapshotLosesNothing(call: String) async throws {
    try await QueueSession.withQuietServer(allSchemas: true) { database, session in
      try await session.createQueue("q")
      let writer = try await QueueSession(database)
      for number in 0..<3 {
        try await writer.connection.execute("begin isolation level repeatable read; select 1")
        try await session.insert("\(number)", into: "q")
        try await session.settle("q")
        let before = try await session.currentTable("q")
        try await session.rotate("q")
        #expect(try await session.currentTable("q") == (before + 1) % 3)
        try await session.settle("q")
        try await writer.connection.execute("\(call); commit")
        try await session.tick("q")
        try await session.tick("q")
        #expect(try await session.drain("q") == (call.contains("dedup") && number > 0 ? [] : ["late"]))
      }
      await writer.connection.close()
    }
  }
}
