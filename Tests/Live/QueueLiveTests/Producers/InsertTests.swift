import PostgresClient
import PostgresTesting
import Testing

@Suite struct InsertTests {
  @Test func limitOfATransactionCountsWhatStays() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("update pgq.queue set queue_per_tx_limit = 2")
      let insert = "select pgq.insert_event('q', 't', 'd')"
      #expect(
        try await session.failure("begin; \(insert); \(insert); \(insert)")
          == "Queue 'q' allows max 2 events from one TX")
      try await session.connection.execute("rollback")
      #expect(
        try await session.failure("begin; \(insert); savepoint s; \(insert); rollback to s; \(insert); commit") == nil)
      #expect(try await session.failure(insert) == nil)
      try await session.connection.execute("update pgq.queue set queue_per_tx_limit = 0")
      #expect(try await session.failure(insert) == "Queue 'q' allows max 0 events from one TX")
    }
  }

  @Test func frozenQueueTakesReplicatedEventsOnly() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("update pgq.queue set queue_disable_insert = true")
      #expect(try await session.failure("select pgq.insert_event('q', 't', 'd')") == "Insert into queue disallowed")
      #expect(try await session.failure("select pgq.current_event_table('q')") == "Writing to queue disabled")
      try await session.connection.execute("set session_replication_role = replica")
      #expect(try await session.failure("select pgq.insert_event('q', 't', 'd')") == nil)
    }
  }

  @Test func rawEventKeepsWhatIsGiven() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: ["c", "d"])
      let owner: Int = try await session.value(
        "select sub_id from pgq.subscription join pgq.consumer on co_id = sub_consumer where co_name = 'd'")
      #expect(
        try await session.value(
          "select pgq.insert_event_raw('q', 77, '2020-01-01', \(owner), 5, 't', 'd', '1', '2', '3', '4')") == 77)
      #expect(try await session.value("select pgq.seq_getval('pgq.event_1_id_seq')") == 1)
      try await session.tick("q")
      #expect(try await session.drain("q", "c").isEmpty)
      let batch = try #require(try await session.nextBatch("q", "d"))
      #expect(
        try await session.value(
          """
          select concat_ws(' ', ev_id, ev_time, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)
          from pgq.get_batch_events(\(batch))
          """) == "77 2020-01-01 00:00:00+00 5 t d 1 2 3 4")
    }
  }

  @Test func sleepingTickerIsWoken() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let ticker = try await QueueSession(database)
      try await ticker.connection.listen("trunkline_ticker")
      try await session.insert("silent", into: "q")
      #expect(try await ticker.connection.waitForNotification(timeout: .milliseconds(50)) == nil)
      try await ticker.connection.execute("select setval('pgq.ticker_sleep_seq', 2)")
      try await session.insert("loud", into: "q")
      #expect(try await ticker.connection.waitForNotification(timeout: .seconds(10))?.payload == "q")
    }
  }
}
