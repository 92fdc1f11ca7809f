import EventFormats
import Testing

@Suite struct URLEncodedRowTests {
  @Test func writesWhatTheTriggersWrite() {
    let row = [ColumnValue("id", "1"), ColumnValue("txt", "a b+é/~"), ColumnValue("nul", nil), ColumnValue("e", "")]
    #expect(URLEncodedRow.encode(row) == "id=1&txt=a+b%2b%c3%a9%2f%7e&nul&e=")
  }

  @Test func readsEitherCaseAndLiteralBytes() throws {
    #expect(
      try URLEncodedRow.decode("a=%C3%a9&b=x=y&c") == [
        ColumnValue("a", "é"), ColumnValue("b", "x=y"), ColumnValue("c", nil),
      ])
    #expect(try URLEncodedRow.decode("").isEmpty)
  }

  @Test(arguments: ["a=%", "a=%2", "a=%zz", "%", "a=%ff", "a=%c3&b=%a9"])
  func refusesMalformed(_ text: String) {
    #expect(throws: FormatError.self) { try URLEncodedRow.decode(text) }
  }

  @Test(arguments: 0..<200) func roundTrips(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let row = random.columns()
    let text = URLEncodedRow.encode(row)
    #expect(try URLEncodedRow.decode(text) == row)
    _ = try? URLEncodedRow.decode(random.damaged(text))
  }
}
