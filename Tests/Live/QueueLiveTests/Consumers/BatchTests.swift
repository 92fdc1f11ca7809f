import PostgresClient
import PostgresTesting
import Testing

@Suite struct BatchTests {
  /// The older of two processes with one consumer name is told so; no batch is corrupted.
  @Test func consumersOfOneNameGetTheSameBatch() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.insert("x", into: "q")
      try await session.tick("q")
      let (first, second) = (try await QueueSession(database), try await QueueSession(database))
      try await first.connection.execute("begin")
      let batch = try #require(try await first.nextBatch("q"))
      async let other = second.nextBatch("q")
      try await pollUntil("the second consumer to wait") {
        try await session.value(
          "select count(*) from pg_locks where not granted and pid = \(second.connection.backendPID)")
          == 1
      }
      try await first.connection.execute("commit")
      #expect(try await other == batch)

      try await first.finish(batch)
      #expect(try await second.failure("select * from pgq.get_batch_events(\(batch))") == "batch not found")
      #expect(try await second.failure("select pgq.batch_event_sql(\(batch))") == "batch not found")
      #expect(try await second.failure("select pgq.event_retry(\(batch), 1, 1)") == "event not found")
      #expect(try await second.value("select pgq.finish_batch(\(batch))") == 0)
      #expect(try await session.drain("q").isEmpty)
    }
  }

  @Test func openBatchIsReturnedUntilItIsFinished() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      #expect(try await session.nextBatch("q") == nil)
      for name in ["a", "b"] {
        try await session.insert(name, into: "q")
        try await session.tick("q")
      }
      let batch = try #require(try await session.nextBatch("q"))
      #expect(try await session.nextBatch("q") == batch)
      #expect(try await session.values("select ev_data from pgq.get_batch_events(\(batch))") == ["a"])
      try await session.finish(batch)
      #expect(try await session.drain("q") == ["b"])
    }
  }

  @Test func eventOfALongTransactionComesWhenItCommits() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let writers = [try await QueueSession(database), try await QueueSession(database)]
      for (number, writer) in writers.enumerated() {
        try await writer.connection.execute("begin")
        try await writer.insert("long \(number)", into: "q")
      }
      // far apart in transaction ids, so that one of them is looked up singly
      for _ in 0..<150 { try await session.connection.execute("begin; select txid_current(); commit") }
      try await session.insert("short", into: "q")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["short"])
      try await writers[1].connection.execute("commit")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["long 1"])
      try await writers[0].connection.execute("commit")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["long 0"])
    }
  }

  /// Also when the server is so busy that the snapshot of the tick lies after the transaction's own id.
  @Test func eventOfTheTransactionThatMadeTheQueueIsDelivered() async throws {
    try await QueueSession.with { database, session in
      let other = try await QueueSession(database)
      try await session.connection.execute("begin; select txid_current()")
      try await other.connection.execute("select txid_current()")
      try await session.createQueue("q")
      try await session.insert("x", into: "q")
      try await session.tick("q")
      try await session.insert("y", into: "q")
      try await session.connection.execute("commit")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["x", "y"])
    }
  }

  /// A tick made elsewhere comes with the events that belong to it.
  @Test func externalTickContainsItsTransaction() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.connection.query("select pgq.set_queue_config('q', 'external_ticker', 'true')")
      let other = try await QueueSession(database)
      for (tick, busy) in [(10, true), (11, false)] {
        try await session.connection.execute("begin; select txid_current()")
        if busy { try await other.connection.execute("select txid_current()") }
        try await session.insert("\(tick)", into: "q")
        try await session.connection.execute("select pgq.ticker('q', \(tick), now(), \(tick)); commit")
        let batch = try #require(try await session.nextBatch("q"))
        #expect(try await session.values("select ev_data from pgq.get_batch_events(\(batch))") == ["\(tick)"])
        try await session.finish(batch)
      }
    }
  }

  @Test func batchesCanBeShaped() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let custom = { (lag: String?, count: Int?, interval: String?) -> Int64? in
        try await session.value(
          """
          select cur_tick_id from pgq.next_batch_custom('q', 'c', \(lag)::interval, \(count)::int, \(interval)::interval)
          """)
      }
      for name in ["a", "b", "c"] {
        try await session.insert(name, into: "q")
        try await session.tick("q")
      }
      #expect(try await custom("1 hour", nil, nil) == nil)
      #expect(try await custom(nil, 4, nil) == nil)
      #expect(try await custom(nil, nil, "1 hour") == nil)
      #expect(try await custom(nil, 2, nil) == 4)
      #expect(try await session.drain("q") == ["a", "b", "c"])
    }
  }

  @Test func cursorReadsFilteredAndInSteps() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.query("select pgq.insert_event('q', 't', i::text) from generate_series(1, 10) i")
      try await session.tick("q")
      let batch = try #require(try await session.nextBatch("q"))
      try await session.connection.execute("begin")
      let first = try await session.values(
        "select ev_data from pgq.get_batch_cursor(\(batch), 'cur', 4, 'ev_data::int % 2 = 0')", as: String.self)
      let rest = try await session.connection.query("fetch all from cur").map {
        try $0.decode("ev_data", as: String.self)
      }
      #expect(first + rest == ["2", "4", "6", "8", "10"])
      try await session.connection.execute("close cur")
      #expect(
        try await session.values("select ev_id from pgq.get_batch_cursor(\(batch), 'cur', 0)", as: Int.self).isEmpty)
      #expect(try await session.connection.query("fetch 3 from cur").count == 3)
      try await session.connection.execute("commit")
    }
  }

  @Test func consumerSeeksToAnyTick() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let start = try await session.tick("q")
      try await session.insert("a", into: "q")
      try await session.settle("q")
      #expect(try await session.value("select pgq.register_consumer_at('q', 'c', \(start))") == 0)
      #expect(try await session.drain("q") == ["a"])
      #expect(
        try await session.failure("select pgq.register_consumer_at('q', 'c', 99)")
          == "cannot reposition, tick not found: 99")
    }
  }

  @Test func registrationMakesATickWhenRotationRemovedAll() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: [])
      try await session.connection.execute("delete from pgq.tick")
      #expect(try await session.value("select pgq.register_consumer('q', 'c')") == 1)
      try await session.insert("a", into: "q")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["a"])

      try await session.connection.execute(
        "select pgq.create_queue('copy'), pgq.set_queue_config('copy', 'external_ticker', 'true'); delete from pgq.tick "
          + "where tick_queue = (select queue_id from pgq.queue where queue_name = 'copy')")
      #expect(
        try await session.failure("select pgq.register_consumer('copy', 'c')")
          == "No ticks for this queue.  Please run ticker on database.")
    }
  }
}
