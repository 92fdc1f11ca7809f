import Testing

@testable import PostgresClient

@Suite struct ArrayTextTests {
  @Test(
    arguments: [
      ([], "{}"),
      (["a", nil, "NULL", ""], #"{"a",NULL,"NULL",""}"#),
      ([#"q"b\s"#, "c,d", "{e}"], #"{"q\"b\\s","c,d","{e}"}"#),
      (["\"\u{301}"], "{\"\\\"\u{301}\"}"),
    ] as [([String?], String)])
  func elementsAreQuoted(elements: [String?], text: String) {
    #expect(arrayLiteral(elements) == text)
    #expect(parseArray(text) == elements)
  }

  @Test(
    arguments: [
      ("{1,2,3}", ["1", "2", "3"]),
      ("{NULL,null}", [nil, "null"]),
      ("{ a b ,c}", [" a b ", "c"]),
    ] as [(String, [String?])])
  func theServersFormIsRead(text: String, elements: [String?]) {
    #expect(parseArray(text) == elements)
  }

  @Test(arguments: [
    "", "{", "}", "{}x", "{a", "{\"a}", "{a}b", "{{1,2},{3,4}}", "[0:1]={1,2}", "{a\"b\"}", "{\"a\"b}", "{\"a\\",
  ])
  func whatIsNoArrayIsRefused(text: String) {
    #expect(parseArray(text) == nil)
  }

  @Test func randomTextsSurviveTheTrip() {
    let alphabet: [Unicode.Scalar] = ["\"", "\\", ",", "{", "}", " ", "\u{301}", "a", "N", "\n", "🐘"]
    for _ in 0..<2000 {
      let elements: [String?] = (0..<Int.random(in: 0..<5)).map { _ in
        guard Int.random(in: 0..<5) > 0 else { return nil }
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<6) { text.append(alphabet.randomElement() ?? "a") }
        return String(text)
      }
      let parsed = parseArray(arrayLiteral(elements))
      #expect(
        parsed?.map { $0.map { Array($0.unicodeScalars) } } == elements.map { $0.map { Array($0.unicodeScalars) } })
    }
  }
}
