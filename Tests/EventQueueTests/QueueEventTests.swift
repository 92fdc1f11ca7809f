import EventQueue
import Testing

@Suite struct QueueEventTests {
  private func events(_ text: String) -> [QueueEvent] {
    let page = EventPage([UInt8](text.utf8))
    var events: [QueueEvent] = []
    var position = 0
    while let end = page.endOfRow(from: position) {
      events.append(QueueEvent(page: page, start: position, end: end))
      position = end + 1
    }
    return events
  }

  @Test func readsEveryField() throws {
    let event = try #require(
      events("7\t2026-01-02 03:04:05+00\t900\t2\ttype\tdata\te1\te2\te3\te4\n").first)
    #expect(try event.id == 7)
    #expect(try event.time == "2026-01-02 03:04:05+00")
    #expect(try event.transactionID == 900)
    #expect(try event.retries == 2)
    #expect(try event.type == "type")
    #expect(try event.data == "data")
    #expect(try [event.extra1, event.extra2, event.extra3, event.extra4] == ["e1", "e2", "e3", "e4"])
  }

  @Test func nullIsNotEmptyText() throws {
    let event = try #require(events("1\tt\t1\t\\N\t\\N\t\t\\N\t\\N\t\\N\t\\N\n").first)
    #expect(try event.retries == 0)
    #expect(try event.type == nil)
    #expect(try event.data == "")
  }

  @Test(arguments: [
    (#"a\tb"#, "a\tb"), (#"a\nb\rc"#, "a\nb\rc"), (#"a\\b"#, #"a\b"#), (#"\\N"#, #"\N"#), ("ä€𝄞", "ä€𝄞"),
    (#"\\n"#, #"\n"#),
  ])
  func undoesEscapes(_ sent: String, _ meant: String) throws {
    let event = try #require(events("1\tt\t1\t\\N\tx\t\(sent)\t\\N\t\\N\t\\N\t\\N\n").first)
    #expect(try event.data == meant)
  }

  @Test func separatesRowsAndKeepsTheRestForLater() throws {
    let found = events("1\ta\n2\tb\n3\tc")
    #expect(try found.map { try $0.id } == [1, 2])
  }

  @Test(arguments: ["x\tt\t1\n", "\\N\tt\n", "\n", "1\n"])
  func rowsOfSomethingElseAreErrors(_ row: String) throws {
    let event = try #require(events(row).first)
    #expect(throws: MalformedEvent.self) { _ = try (event.id, event.data) }
  }

  @Test func bytesThatAreNoTextAreErrors() throws {
    let page = EventPage([UInt8]("1\tt\t1\t\\N\tx\t".utf8) + [0xFF, 0x0A])
    let end = try #require(page.endOfRow(from: 0))
    let event = QueueEvent(page: page, start: 0, end: end)
    #expect(try event.id == 1)
    #expect(throws: MalformedEvent.self) { _ = try event.data }
  }
}
