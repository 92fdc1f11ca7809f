import EventQueue
import PostgresClient
import PostgresTesting
import Testing

/// Payloads as Swift values.
@Suite struct PayloadTests {
  struct Order: Codable, Sendable, Equatable {
    var number: Int
    var lines: [Line]
    struct Line: Codable, Sendable, Equatable { var article: String }
  }

  private func send(_ payloads: [String], _ fixture: LibraryFixture) async throws {
    for payload in payloads {
      try await fixture.database.psql("select pgq.insert_event('q', 'order', '\(payload)')")
    }
    try await fixture.database.psql("select pgq._make_tick('q')")
  }

  @Test func payloadsComeAsValues() async throws {
    try await LibraryFixture.with { fixture in
      try await send([#"{"number": 1, "lines": [{"article": "ä"}]}"#, #"{"number": 2, "lines": []}"#], fixture)
      let orders = try await fixture.consumer().withBatches { batches in
        var iterator = batches.makeAsyncIterator()
        var orders: [Order] = []
        for try await event in try #require(try await iterator.next()).events(of: Order.self) {
          orders.append(event.payload)
        }
        return orders
      }
      #expect(orders == [Order(number: 1, lines: [.init(article: "ä")]), Order(number: 2, lines: [])])
    }
  }

  @Test(arguments: [
    (#"{"number": 7, "lines": [{"article": 3}]}"#, "no String at lines.0.article"),
    (#"{"number": 7}"#, "no value for \"lines\" at the top"),
    ("secret", "unreadable at the top"),
  ])
  func aMalformedPayloadStopsTheConsumerAndIsNamed(_ payload: String, _ reason: String) async throws {
    try await LibraryFixture.with { fixture in
      try await send([#"{"number": 1, "lines": []}"#, payload], fixture)
      let notes = Notes()
      let consumer = fixture.consumer()
      let error = await #expect(throws: MalformedPayload.self) {
        try await consumer.run { batch in
          for try await event in batch.events(of: Order.self) { notes.add("\(event.payload.number)") }
        }
      }
      #expect(notes.all == ["1"])
      let id = try await fixture.value("select max(ev_id) from pgq.event_template")
      #expect(error?.description.hasPrefix("event \(id) of queue \"q\", type \"order\", has a payload") == true)
      #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
      #expect(error?.description.contains("secret") == false)
      // The batch comes again: nothing was skipped.
      #expect(try await fixture.value("select count(sub_batch) from pgq.subscription") == "1")
    }
  }
}
