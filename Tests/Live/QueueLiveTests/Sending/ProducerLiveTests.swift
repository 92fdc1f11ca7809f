import EventQueue
import FoundationEssentials
import PostgresClient
import PostgresTesting
import Testing

/// The Swift producer against a real queue.
@Suite struct ProducerLiveTests {
  private let producer = Producer(queue: "q")

  @Test func eventsBelongToTheCallersTransaction() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      struct Failure: Error {}
      await #expect(throws: Failure.self) {
        try await session.connection.transaction { connection in
          try await producer.send(OutgoingEvent(payload: "undone"), over: connection)
          throw Failure()
        }
      }
      _ = try await session.connection.transaction { connection in
        try await producer.send(OutgoingEvent(payload: "done"), over: connection)
      }
      try await session.tick("q")
      #expect(try await session.drain("q") == ["done"])
    }
  }

  @Test func manyEventsOfAllKindsKeepTheirOrderAndFields() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      var small = producer
      small.maximumStatementEvents = 7
      let events = (0..<50).map { number in
        OutgoingEvent(
          payload: number % 5 == 0 ? nil : "payload \(number) \u{1F418} {\"\\,", type: number % 20 < 10 ? "a" : nil,
          key: number % 3 == 0 ? "k\(number)" : nil, headers: number % 4 == 0 ? ["h": "\"\(number)"] : [:],
          deduplication: number % 11 == 0 ? .init(key: "d\(number)") : nil)
      }
      let ids = try await small.send(events, over: session.connection)
      #expect(ids == ids.sorted() && Set(ids).count == 50)
      let rows = try await session.connection.query(
        "select ev_id, ev_data, ev_type, ev_extra4, ev_extra3 from pgq.event_template order by ev_id")
      for (number, row) in rows.enumerated() {
        let (id, data, type, key, headers) = try row.decode(
          Int64.self, String?.self, String?.self, String?.self, String?.self)
        #expect(id == ids[number] && data == events[number].payload && type == events[number].type)
        #expect(key == events[number].key)
        #expect(headers == (events[number].headers.isEmpty ? nil : "{\"h\": \"\\\"\(number)\"}"))
      }
      // all or none, also outside of a transaction
      await #expect(throws: PostgresError.self) {
        try await small.send(events + [OutgoingEvent(payload: "a\u{0}")], over: session.connection)
      }
      try await session.connection.execute("alter table pgq.event_1_0 add check (ev_data <> 'bad')")
      await #expect(throws: PostgresError.self) {
        try await small.send(events + [OutgoingEvent(payload: "bad")], over: session.connection)
      }
      #expect(try await session.value("select count(*) from pgq.event_template") == 50)
    }
  }

  @Test func delaysAndDeduplicationReachTheServer() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let connection = session.connection
      let late = OutgoingEvent(
        payload: "late", delivery: .after(.milliseconds(7_200_500)),
        deduplication: .init(key: "k", window: .seconds(60)))
      let id = try await producer.send(late, over: connection)
      #expect(try await producer.send(late, over: connection) == id)
      let time = OutgoingEvent(payload: "at", delivery: .at(.init(timeIntervalSince1970: 4_102_444_800.25)))
      try await producer.send(time, over: connection)
      #expect(
        try await session.values("select (deliver_at - sent_at)::text from trunkline.list_delayed('q') limit 1")
          == ["02:00:00.5"])
      #expect(
        try await session.values("select deliver_at::text from trunkline.list_delayed('q') offset 1")
          == ["2100-01-01 00:00:00.25+00"])
      #expect(
        try await session.value(
          "select round(extract(epoch from expires_at - clock_timestamp()) / 60) from trunkline.sent_key") == 121)
      #expect(try await producer.cancel(id, over: connection))
      #expect(try await !producer.cancel(id, over: connection))
    }
  }

  /// COPY goes around send(), so it must follow the same rule as other writers: transaction id first, then the table.
  @Test func copyBringsManyEventsWithinATransaction() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let count = try await producer.copy(over: session.connection) { writer in
        for number in 0..<20_000 {
          try await writer.send(
            OutgoingEvent(payload: "\(number)\t\\\n", type: "t", key: number == 0 ? nil : "k", headers: ["a": "\t"]))
        }
      }
      #expect(count == 20_000)
      struct Failure: Error {}
      await #expect(throws: Failure.self) {
        try await session.connection.transaction { connection in
          try await producer.copy(over: connection) { writer in try await writer.send(OutgoingEvent(payload: "undone"))
          }
          throw Failure()
        }
      }
      await #expect(throws: PostgresError.self) {
        try await producer.copy(over: session.connection) { writer in
          try await writer.send(OutgoingEvent(payload: "undone"))
          try await writer.send(OutgoingEvent(payload: "x", delivery: .after(.seconds(1))))
        }
      }
      try await session.tick("q")
      let batch = try #require(try await session.nextBatch("q"))
      #expect(
        try await session.value(
          """
          select concat_ws('|', count(*), min(ev_type), min(ev_extra3), count(ev_extra4), count(distinct ev_id),
                           bool_and(ev_data = (rank - 1) || E'\\t\\\\\\n'))
          from (select *, row_number() over (order by ev_id) as rank from pgq.get_batch_events(\(batch))) e
          """) == "20000|t|{\"a\":\"\\t\"}|19999|20000|t")
    }
  }
}
