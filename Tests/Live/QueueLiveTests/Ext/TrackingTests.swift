import PostgresClient
import PostgresTesting
import Testing

/// Tracking in the target: pgq_ext.
@Suite struct TrackingTests {
  @Test(arguments: ["'c'", "'c', 's'"]) func everyFormRemembers(_ who: String) async throws {
    try await QueueSession.with { _, session in
      func check(_ call: String, _ expected: String?) async throws {
        let query = PostgresQuery("select pgq_ext.\(call.replacing("$", with: who))::text" as String)
        let actual: String? = try await session.value(query)
        #expect(actual == expected, "\(call)")
      }
      try await check("is_batch_done($, 7)", "false")
      try await check("set_batch_done($, 7)", "true")
      try await check("set_batch_done($, 7)", "false")
      try await check("is_batch_done($, 7)", "true")
      try await check("is_batch_done('c', 'other', 7)", "false")
      try await check("set_batch_done($, 8)", "true")
      try await check("is_batch_done($, 7)", "false")

      try await check("is_event_done($, 7, 1)", "false")
      try await check("set_event_done($, 7, 1)", "true")
      try await check("set_event_done($, 7, 1)", "false")
      try await check("set_event_done($, 7, 2)", "true")
      try await check("is_event_done($, 7, 1)", "true")
      try await check("set_event_done($, 8, 1)", "true")
      try await check("is_event_done($, 7, 1)", "false")

      try await check("get_last_tick($)", nil)
      try await check("set_last_tick($, 5)", "1")
      try await check("set_last_tick($, 9)", "1")
      try await check("get_last_tick($)", "9")
      try await check("set_last_tick($, null)", "1")
      try await check("get_last_tick($)", nil)
      try await check("version()", "3.1")
      try await check("upgrade_schema()", "0")
    }
  }

  @Test func onlyWritersTrack() async throws {
    try await QueueSession.with { _, session in
      try await session.connection.execute("set role pgq_reader")
      #expect(try await session.failure("select pgq_ext.set_batch_done('c', 1)") != nil)
      try await session.connection.execute("reset role; set role pgq_writer; select pgq_ext.set_batch_done('c', 1)")
      #expect(try await session.failure("delete from pgq_ext.completed_batch") != nil)
    }
  }

  /// The consumer dies at every point in turn: the target has every event once.
  @Test func batchIsAppliedOnceAcrossCrashes() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.connection.execute("create table target (data text)")
      for number in 1...3 {
        try await session.insert("\(number)", into: "q")
        try await session.tick("q")
        for point in ["before the commit", "after the commit", "never"] {
          let worker = try await QueueSession(database)
          let batch = try #require(try await worker.nextBatch("q"))
          try await worker.connection.execute("begin")
          if try await worker.value("select pgq_ext.set_batch_done('c', \(batch))") {
            try await worker.connection.query(
              "insert into target select ev_data from pgq.get_batch_events(\(batch))")
          }
          if point != "before the commit" { try await worker.connection.execute("commit") }
          if point == "never" { try await worker.finish(batch) }
          await worker.connection.close()
        }
      }
      #expect(try await session.values("select data from target order by 1") == ["1", "2", "3"])
    }
  }

  @Test func twoProcessesWithOneBatchApplyItOnce() async throws {
    try await QueueSession.with { database, session in
      try await session.connection.execute("begin; select pgq_ext.set_batch_done('c', 1)")
      async let second: Bool = {
        let other = try await QueueSession(database)
        let done: Bool = try await other.value("select pgq_ext.set_batch_done('c', 1)")
        await other.connection.close()
        return done
      }()
      let monitor = try await QueueSession(database)
      try await pollUntil("the second to wait") {
        try await monitor.value(
          "select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
        )
      }
      await monitor.connection.close()
      try await session.connection.execute("commit")
      #expect(try await second == false)
    }
  }
}
