import PostgresClient
import PostgresTesting
import Testing

@Suite struct RetryTests {
  @Test func retriedEventComesAgainToItsConsumerOnly() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: ["c", "d"])
      let event = try await session.insert("x", into: "q")
      try await session.tick("q")
      let batch = try #require(try await session.nextBatch("q"))
      #expect(try await session.value("select pgq.event_retry(\(batch), \(event)::bigint, 0)") == 1)
      #expect(try await session.value("select pgq.event_retry(\(batch), \(event)::bigint, 0)") == 0)
      #expect(try await session.failure("select pgq.event_retry(\(batch), 99, 0)") == "event not found")
      try await session.finish(batch)
      #expect(try await session.value("select pgq.maint_retry_events()") == 1)
      #expect(try await session.value("select pgq.maint_retry_events()") == 0)
      try await session.tick("q")

      let again = try #require(try await session.nextBatch("q"))
      let (id, retry, data) = try #require(
        try await session.connection.query("select ev_id, ev_retry, ev_data from pgq.get_batch_events(\(again))").first
      ).decode(Int64.self, Int.self, String.self)
      #expect((id, retry, data) == (event, 1, "x"))
      #expect(try await session.drain("q", "d") == ["x"])
    }
  }

  @Test func frozenQueueDoesNotBlockRetriesOfOthers() async throws {
    try await QueueSession.with { _, session in
      for queue in ["frozen", "q"] {
        try await session.createQueue(queue)
        try await session.insert("of \(queue)", into: queue)
        try await session.tick(queue)
        let batch = try #require(try await session.nextBatch(queue))
        #expect(try await session.value("select pgq.batch_retry(\(batch), 0)") == 1)
        #expect(try await session.value("select pgq.batch_retry(\(batch), 0)") == 0)
        try await session.finish(batch)
      }
      try await session.connection.execute(
        "update pgq.queue set queue_disable_insert = true where queue_name = 'frozen'")
      #expect(try await session.value("select pgq.maint_retry_events()") == 1)
      try await session.tick("q")
      #expect(try await session.drain("q") == ["of q"])
      try await session.connection.execute("update pgq.queue set queue_disable_insert = false")
      #expect(try await session.value("select pgq.maint_retry_events()") == 1)
      try await session.tick("frozen")
      #expect(try await session.drain("frozen") == ["of frozen"])
    }
  }

  @Test(.timeLimit(.minutes(5))) func eventsOfABigBatchAreFoundWithoutReadingIt() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let other = try await QueueSession(database)
      async let inserted = other.connection.query(
        "select pgq.insert_event('q', 'b', 'b' || i) from generate_series(1, 20000) i")
      try await session.connection.query("select pgq.insert_event('q', 'a', 'a' || i) from generate_series(1, 20000) i")
      _ = try await inserted
      try await session.tick("q")
      let batch = try #require(try await session.nextBatch("q"))
      #expect(
        try await session.value(
          "select sum(pgq.event_retry(\(batch), ev_id, 0)) from pgq.get_batch_events(\(batch)) where ev_id % 40 = 0")
          == 1000)
      #expect(
        try await session.value(
          """
          select count(*) from pgq.retry_queue r join pgq.get_batch_events(\(batch)) e using (ev_id)
          where e.ev_data = r.ev_data and e.ev_time = r.ev_time
          """) == 1000)
    }
  }

  @Test func unregisteringRemovesWaitingEvents() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute(
        "select pgq.event_retry_raw('q', 'c', now(), null, now(), 3, 't', 'd', null, null, null, null)")
      #expect(try await session.value("select count(*) from pgq.retry_queue") == 1)
      #expect(try await session.value("select pgq.unregister_consumer('q', 'c')") == 1)
      #expect(try await session.value("select count(*) from pgq.retry_queue") == 0)
      #expect(try await session.value("select count(*) from pgq.consumer") == 0)
      #expect(try await session.value("select pgq.unregister_consumer('q', 'c')") == 0)
    }
  }
}
