import PostgresClient
import PostgresTesting
import Testing

/// Events that are delivered later, in SQL; how precisely a ticker does it is tested with the ticker.
@Suite struct DelayedTests {
  private func make(_ session: QueueSession, due: String) async throws {
    try await session.connection.execute("update trunkline.delayed_event set next_try = deliver_at - interval '\(due)'")
  }

  @Test func aDelayedEventKeepsItsIDAndGetsTheTimeWhenItWasDue() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let id: Int64 = try await session.value(
        "select trunkline.send('q', 'late', 't', 'k', '{\"h\": 1}', delay => '50 ms')")
      try await session.insert("early", into: "q")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["early"])
      let due: String = try await session.value("select deliver_at::text from trunkline.list_delayed('q')")
      try await pollUntil("the event to be moved") {
        try await session.value("select pgq.maint_retry_events() > 0")
      }
      try await session.tick("q")
      let batch = try #require(try await session.nextBatch("q"))
      #expect(
        try await session.value(
          """
          select concat_ws('|', ev_id, ev_time, ev_type, ev_data, ev_extra3, ev_extra4)
          from pgq.get_batch_events(\(batch))
          """) == "\(id)|\(due)|t|late|{\"h\": 1}|k")
      #expect(try await session.value("select count(*) from trunkline.delayed_event") == 0)
    }
  }

  @Test func rolledBackItIsNotDelayed() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("begin; select trunkline.send('q', 'x', delay => '1 ms'); rollback")
      #expect(try await session.value("select count(*) from trunkline.delayed_event") == 0)
    }
  }

  @Test func whatIsPastAlreadyIsSentAtOnce() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute(
        "select trunkline.send('q', 'a', deliver_at => '2001-01-01'), trunkline.send('q', 'b', delay => '0')")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["a", "b"])
    }
  }

  @Test func cancelledItIsNotDeliveredAndItsKeyIsFree() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let id: Int64 = try await session.value("select trunkline.send('q', 'x', delay => '1 h', dedup_key => 'k')")
      #expect(try await session.value("select trunkline.send('q', 'y', dedup_key => 'k')") == id)
      #expect(try await session.value("select trunkline.cancel('q', \(id))") == true)
      #expect(try await session.value("select trunkline.cancel('q', \(id))") == false)
      #expect(try await session.value("select trunkline.send('q', 'z', dedup_key => 'k')", as: Int64.self) > id)
      // while it is being moved, whoever cancels waits and learns that it is too late
      let second: Int64 = try await session.value("select trunkline.send('q', 'x', delay => '1 ms')")
      let other = try await QueueSession(database)
      try await pollUntil("the event to be moved") {
        try await other.connection.execute("rollback; begin")
        return try await other.value("select trunkline.maint_delayed_events() = 1")
      }
      async let cancelled: Bool = session.value("select trunkline.cancel('q', \(second))")
      try await other.connection.execute("commit")
      #expect(try await cancelled == false)
      await other.connection.close()
    }
  }

  /// The key of a delayed event counts while it waits, and for its window from then on.
  @Test func theWindowBeginsWhenADelayedEventIsDue() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute(
        "select trunkline.send('q', 'x', delay => '1 day', dedup_key => 'k', dedup_window => '1 h')")
      #expect(
        try await session.value(
          "select expires_at = (select deliver_at + interval '1 h' from trunkline.delayed_event) from trunkline.sent_key"
        ))
    }
  }

  /// Two tickers move at the same time: each event once, and none waits for the other ticker.
  @Test func twoTickersDoNotDisturbEachOther() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.connection.execute(
        "select trunkline.send('q', array_agg(n::text), delay => '1 h') from generate_series(1, 1500) n")
      try await make(session, due: "2 h")
      let other = try await QueueSession(database)
      try await other.connection.execute("begin")
      #expect(try await other.value("select trunkline.maint_delayed_events()") == 1000)
      #expect(try await session.value("select trunkline.maint_delayed_events()") == 500)
      #expect(try await session.value("select trunkline.maint_delayed_events()") == 0)
      try await other.connection.execute("rollback")
      #expect(try await session.value("select trunkline.maint_delayed_events()") == 1000)
      try await session.tick("q")
      let events = try await session.drain("q")
      #expect(events.count == 1500 && Set(events).count == 1500)
      await other.connection.close()
    }
  }

  /// A ticker's session planned its statements when nothing waited. With a plan that looks at all events of the queue for
  /// each one, this would take minutes.
  @Test func manyEventsDoNotMakeEachOneSlower() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let ticker = try await QueueSession(database)
      for round in 0..<3 {
        try await session.connection.execute("select trunkline.send('q', 'x', delay => '1 h')")
        try await make(session, due: "\(round + 2) h")
        #expect(try await ticker.value("select trunkline.maint_delayed_events()") == 1)
      }
      try await session.connection.execute(
        "select cardinality(trunkline.send('q', array_agg(n::text), delay => '1 h')) from generate_series(1, 50000) n")
      try await make(session, due: "2 h")
      try await ticker.connection.execute("set statement_timeout = '1 s'")
      for _ in 0..<50 { #expect(try await ticker.value("select trunkline.maint_delayed_events()") == 1000) }
      #expect(try await ticker.value("select delayed is null from trunkline._due_in()"))
      await ticker.connection.close()
    }
  }

  @Test func aQueueThatCannotBeWrittenToDoesNotStopTheOthers() async throws {
    try await QueueSession.with { _, session in
      for queue in ["a", "b", "c"] {
        try await session.createQueue(queue)
        try await session.connection.query(
          "select trunkline.send(\(queue), array['good', 'bad', 'better'], delay => '1 h')")
      }
      try await make(session, due: "2 h")
      // a queue that is frozen, and one that refuses one event
      try await session.connection.execute(
        """
        update pgq.queue set queue_disable_insert = true where queue_name = 'a';
        alter table pgq.event_2_0 add check (ev_data <> 'bad')
        """)
      var moved = 1
      while moved > 0 { moved = try await session.value("select trunkline.maint_delayed_events()") }
      for (queue, events) in [("a", []), ("b", ["better", "good"]), ("c", ["bad", "better", "good"])] {
        try await session.tick(queue)
        #expect(try await session.drain(queue).sorted() == events, "\(queue)")
      }
      #expect(try await session.values("select payload from trunkline.list_delayed('b')") == ["bad"])
      #expect(
        try await session.value(
          "select next_try > clock_timestamp() + interval '50 s' from trunkline.delayed_event where queue_id = 2"))
      try await session.connection.execute("update pgq.queue set queue_disable_insert = false")
      #expect(try await session.value("select trunkline.maint_delayed_events()") == 3)
    }
  }

  @Test func droppingAQueueTakesWhatWaitsForIt() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.createQueue("other")
      for queue in ["q", "other"] {
        try await session.connection.query("select trunkline.send(\(queue), 'x', delay => '1 h', dedup_key => 'k')")
      }
      try await session.connection.execute("select pgq.drop_queue('q', true)")
      #expect(try await session.values("select queue_id from trunkline.delayed_event") == [2])
      #expect(try await session.values("select queue_id from trunkline.sent_key") == [2])
    }
  }

  /// Only what is due sooner than the ticker's next look, and only for a ticker that listens.
  @Test func onlyWhatIsDueSoonIsAnnounced() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let ticker = try await QueueSession(database)
      try await ticker.connection.listen("trunkline_due")
      try await session.connection.execute("select trunkline.send('q', 'x', delay => '1 s')")
      #expect(try await ticker.connection.waitForNotification(timeout: .milliseconds(50)) == nil)
      try await session.connection.execute("select setval('trunkline.due_wake_seq', 9223372036854775807)")
      try await session.connection.execute("select trunkline.send('q', 'x', delay => '1 h')")
      #expect(try await ticker.connection.waitForNotification(timeout: .milliseconds(50)) == nil)
      try await session.connection.execute("select trunkline.send('q', 'x', delay => '1 s')")
      #expect(try await ticker.connection.waitForNotification(timeout: .seconds(10)) != nil)
      try await session.connection.execute(
        "select pgq.event_retry_raw('q', 'c', now(), null, now(), 1, 't', 'd', null, null, null, null)")
      #expect(try await ticker.connection.waitForNotification(timeout: .seconds(10)) != nil)
      await ticker.connection.close()
    }
  }
}
