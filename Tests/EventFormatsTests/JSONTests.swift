import EventFormats
import Testing

@Suite struct JSONTests {
  @Test func keepsOrderAndDigits() throws {
    let text = #"{"b":12345678901234567890.10,"a":[true,false,null,-1e+5,"x\"\\\n\u0001é"],"c":{}}"#
    #expect(try JSONValue(parsing: text).text == text)
  }

  @Test func readsEscapesAndWhiteSpace() throws {
    let value = try JSONValue(parsing: " [ \"\\ud83d\\ude00\\/\\u00e9\" , 1 ]\n")
    #expect(value == .array([.string("😀/é"), .number("1")]))
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "tru", "nul", "01", "-",
    "1.", "1e", ".5",
    "\"", "\"\\", "\"\\q\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "1 1", "NaN",
    String(repeating: "[", count: 100_000),
  ])
  func refusesMalformed(_ text: String) {
    #expect(throws: FormatError.self) { try JSONValue(parsing: text) }
  }

  @Test(arguments: 0..<200) func roundTrips(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let row = random.columns()
    let json = JSONValue.object(row.map { .init($0.name, $0.value.map(JSONValue.string) ?? .null) })
    #expect(try JSONValue(parsing: json.text) == json)
    #expect(try JSONRow.decode(json.text) == row)
    _ = try? JSONValue(parsing: random.damaged(json.text))
  }

  @Test func rowValuesAreTextForms() throws {
    let row = try JSONRow.decode(#"{"n":1.50,"t":true,"f":false,"z":null,"o":{"a":[1]}}"#)
    #expect(row.map(\.value) == ["1.50", "t", "f", nil, #"{"a":[1]}"#])
    #expect(throws: FormatError.self) { try JSONRow.decode("[1]") }
  }
}
