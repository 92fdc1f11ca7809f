import EventQueue
import PostgresClient
import Testing

@Suite struct SendStatementTests {
  private func divide(_ events: [OutgoingEvent], events most: Int = 1000, bytes: Int = 1 << 20) -> [[String?]] {
    SendStatement.divide(events, maximumEvents: most, maximumBytes: bytes).map { $0.events.map(\.payload) }
  }

  @Test func neighboursThatAreAlikeShareAStatement() {
    let events = ["a", "b", "c"].map { OutgoingEvent(payload: $0, type: "t", key: $0) }
    #expect(divide(events) == [["a", "b", "c"]])
    #expect(divide([]) == [])
  }

  @Test func whateverDiffersDivides() {
    let plain = OutgoingEvent(payload: "p")
    let others = [
      OutgoingEvent(payload: "o", type: "t"), OutgoingEvent(payload: "o", headers: ["a": "b"]),
      OutgoingEvent(payload: "o", delivery: .after(.seconds(1))),
      OutgoingEvent(payload: "o", deduplication: .init(key: "k")),
    ]
    for other in others { #expect(divide([plain, other, plain]) == [["p"], ["o"], ["p"]]) }
    let windows = [1, 2].map { OutgoingEvent(payload: "\($0)", deduplication: .init(key: "k", window: .seconds($0))) }
    #expect(divide(windows) == [["1"], ["2"]])
  }

  @Test func limitsDivide() {
    let events = (1...5).map { OutgoingEvent(payload: "\($0)") }
    #expect(divide(events, events: 2) == [["1", "2"], ["3", "4"], ["5"]])
    #expect(divide(events, bytes: 1).count == 5)
    #expect(divide(events, events: 0).count == 5)
  }

  @Test func valuesAreBoundNotPasted() {
    let event = OutgoingEvent(payload: "o'ne", type: "$1", headers: ["a\"": "\\"])
    let query = SendStatement.divide([event], maximumEvents: 1, maximumBytes: 1)[0].query(queue: "q'")
    #expect(query.parameters.count == 5)
    #expect(!query.sql.contains("'"))
    #expect(event.headersText == #"{"a\"":"\\"}"#)
  }

  @Test func valuesAreEncodedWithTheirTypesName() throws {
    struct OrderPlaced: Encodable {
      var url = "a/b"
      var id = 7
    }
    let event = try OutgoingEvent(encoding: OrderPlaced(), key: "7")
    #expect(event.payload == #"{"id":7,"url":"a/b"}"#)
    #expect(event.type == "OrderPlaced")
    #expect(try OutgoingEvent(encoding: 5, type: "number").type == "number")
  }
}
