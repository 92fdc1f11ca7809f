import PostgresClient
import PostgresTesting
import Testing

/// Receiving as a consumer that works alone.
@Suite struct ReceivingTests {
  @Test func whatIsNotAcknowledgedComesAgainUnderANewReceipt() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.send(["a", "b", "c"])
      let first = try #require(try await session.receive(2))
      let second = try #require(try await session.receive(100))
      #expect(first.payloads == ["a", "b"])
      #expect(second.events == first.events)
      #expect(second.receipt != first.receipt)
      #expect(try await session.refusal("select trunkline.ack(\(first.receipt))") == "TL001")
      #expect(try await session.refusal("select trunkline.nack(\(first.receipt), 1)") == "TL001")
      #expect(try await session.refusal("select trunkline.touch(\(first.receipt))") == "TL001")
      #expect(try await session.refusal("select trunkline.release(\(first.receipt))") == "TL001")
      #expect(try await session.refusal("select trunkline.nack_all(\(first.receipt))") == "TL001")
      #expect(try await session.ack(second) == 2)
      #expect(try await session.refusal("select trunkline.ack(\(second.receipt))") == "TL001")
      #expect(try await session.receiveAll() == ["c"])
      #expect(try await session.receive() == nil)
    }
  }

  @Test func ticksAreJoinedAndEmptyOnesAreSkipped() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      for round in 0..<5 {
        try await session.send(["\(round)a", "\(round)b"])
        try await session.tick("q")
      }
      let received = try #require(try await session.receive(6))
      #expect(received.payloads == ["0a", "0b", "1a", "1b", "2a", "2b"])
      try await session.ack(received)
      #expect(try await session.receiveAll(3) == ["3a", "3b", "4a", "4b"])
    }
  }

  @Test func nothingNewWritesNothing() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.send(["a"])
      _ = try await session.receiveAll()
      try await session.connection.execute("begin")
      #expect(try await session.receive() == nil)
      #expect(try await session.value("select txid_current_if_assigned() is null", as: Bool.self))
      try await session.connection.execute("commit")
    }
  }

  @Test func failedEventsComeBackWithBackOffAndThenDie() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'max_attempts', '3')")
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'retry_delay', '1 minute')")
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'retry_max_delay', '90 seconds')")
      try await session.connection.query("select pgq.register_consumer('q', 'other')")
      try await session.send(["bad", "good"])

      var waits: [Double] = []
      for attempt in 1...3 {
        let received = try #require(try await session.receive())
        let bad = try #require(received.events.first)
        #expect(bad.payload == "bad")
        #expect(bad.attempt == attempt)
        let outcome = try await session.nack(received, bad.id, reason: "reason \(attempt)")
        #expect(outcome == (attempt == 3 ? "dead" : "retry"))
        // once more changes nothing
        #expect(try await session.nack(received, bad.id) == outcome)
        if attempt < 3 {
          waits.append(
            try await session.value(
              "select extract(epoch from ev_retry_after - clock_timestamp())::float8 from pgq.retry_queue"))
        }
        // crashed after the nack: it does not come twice
        let again = try await session.receive()
        #expect(again?.payloads == (attempt == 1 ? ["good"] : nil))
        if let again { #expect(try await session.ack(again) == 1) }
        try await session.retryNow()
      }
      #expect(waits.count == 2 && waits[0] > 50 && waits[0] <= 60 && waits[1] > 80 && waits[1] <= 90)
      #expect(try await session.receive() == nil)
      #expect(try await session.receiveAll(consumer: "other") == ["bad", "good"])

      let dead: Int64 = try await session.value("select dead_id from trunkline.list_dead('q', 'c')")
      let reasons = try await session.values(
        "select f ->> 'reason' from trunkline.get_dead(\(dead)) d, jsonb_array_elements(d.failures) f", as: String.self)
      #expect(reasons == ["reason 1", "reason 2", "reason 3"])
      #expect(try await session.value("select trunkline.replay_dead('q', 'c')", as: Int.self) == 1)
      try await session.retryNow()
      let replayed = try #require(try await session.receive())
      #expect(replayed.events.map(\.attempt) == [1] && replayed.payloads == ["bad"])
      #expect(try await session.nack(replayed, replayed.events[0].id, dead: true) == "dead")
      #expect(try await session.ack(replayed) == 0)
      #expect(try await session.receiveAll(consumer: "other") == [])
      #expect(
        try await session.value("select trunkline.purge_dead('q', 'c', older_than => '1 hour')", as: Int.self) == 0)
      #expect(try await session.value("select trunkline.purge_dead('q', 'c')", as: Int.self) == 1)
      #expect(try await session.values("select dead_id from trunkline.list_dead()", as: Int64.self) == [])
    }
  }

  @Test func givenBackEventsCountNoAttempt() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.send(["a", "b", "c"])
      let first = try #require(try await session.receive(2))
      try await session.nack(first, first.events[0].id)
      #expect(try await session.value("select trunkline.release(\(first.receipt))", as: Int.self) == 1)
      #expect(try await session.refusal("select trunkline.ack(\(first.receipt))") == "TL001")
      let second = try #require(try await session.receive())
      #expect(second.payloads == ["b"] && second.events[0].attempt == 1)
      #expect(try await session.value("select trunkline.nack_all(\(second.receipt), 'all')", as: Int.self) == 1)
      #expect(try await session.receiveAll() == ["c"])
      try await session.retryNow()
      let retried = try #require(try await session.receive())
      #expect(retried.payloads == ["a", "b"] && retried.events.allSatisfy { $0.attempt == 2 })
    }
  }

  @Test func eventsThatWereNotReceivedCannotFail() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.send(["a", "b"])
      let received = try #require(try await session.receive(1))
      #expect(
        try await session.refusal("select trunkline.nack(\(received.receipt), \(received.events[0].id + 1))") == "22023"
      )
      #expect(try await session.refusal("select trunkline.receive('q', 'c', 0)") == "22023")
      #expect(try await session.refusal("select trunkline.receive('q', 'nobody')") == "42704")
    }
  }

  @Test func eventsThatAreTooOldAreCountedNotDelivered() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("select trunkline.set_queue('q', 'ttl', '1 hour')")
      try await session.connection.query(
        """
        select pgq.insert_event_raw('q', null, now() - case when i % 3 = 0 then '0'::interval else '2 hours' end, null, null,
                                    't', i::text, null, null, null, null)
        from generate_series(1, 12) i
        """)
      try await session.tick("q")
      #expect(try await session.receiveAll(2) == ["3", "6", "9", "12"])
      #expect(try await session.value("select expired_total from trunkline.delivery", as: Int.self) == 8)
      #expect(try await session.value("select acked_total from trunkline.delivery", as: Int.self) == 4)
    }
  }

  @Test func severalEventsOfOneIdAreNeverSeparated() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.query(
        """
        select pgq.insert_event_raw('q', 1000 + i / 3, now(), null, null, 't', i::text, null, null, null, null)
        from generate_series(0, 8) i
        """)
      try await session.tick("q")
      #expect(try await session.receiveAll(2) == (0...8).map(String.init))
    }
  }

  @Test func seekingBackBeginsTheBatchAnew() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let start: Int64 = try await session.value("select sub_last_tick from pgq.subscription")
      try await session.send(["a", "b", "c"])
      let first = try #require(try await session.receive(1))
      try await session.ack(first)
      let second = try #require(try await session.receive(1))
      try await session.connection.query("select pgq.register_consumer_at('q', 'c', \(start))")
      #expect(try await session.refusal("select trunkline.ack(\(second.receipt))") == "TL001")
      #expect(try await session.receiveAll() == ["a", "b", "c"])
    }
  }
}
