import EventFormats
import Testing

@Suite struct NameTests {
  @Test(arguments: [
    ("plain_1", "plain_1"), ("Upper", "\"Upper\""), ("1st", "\"1st\""), ("with blank", "\"with blank\""),
    ("q\"q", "\"q\"\"q\""),
    ("select", "\"select\""), ("between", "\"between\""), ("name", "name"), ("a$", "\"a$\""), ("é", "\"é\""),
    ("\"\u{301}", "\"\"\"\u{301}\""),
  ])
  func quotesOnlyWhenNeeded(_ name: String, _ quoted: String) throws {
    #expect(try Array(SQLIdentifier(name).quoted.utf8) == Array(quoted.utf8))
  }

  @Test func lengthIsCountedInCharactersAsTheEncodingOfTheDatabaseIsUnknown() throws {
    #expect(try SQLIdentifier(String(repeating: "é", count: 63)).name.utf8.count == 126)
    #expect(throws: FormatError.self) { try SQLIdentifier(String(repeating: "é", count: 64)) }
    #expect(throws: FormatError.self) { try SQLIdentifier("") }
    #expect(throws: FormatError.self) { try SQLIdentifier("a\0") }
  }

  @Test(arguments: [
    ("t", nil, "t"), ("Public.Foo", "public", "foo"), ("\"My.S\".\"T\"\"t\"", "My.S", "T\"t"),
    ("s.\"Select\"", "s", "Select"),
  ])
  func parsesAsSQLDoes(_ text: String, _ schema: String?, _ name: String) throws {
    let parsed = try QualifiedName(parsing: text)
    #expect(parsed.schema?.name == schema)
    #expect(parsed.name.name == name)
    #expect(try QualifiedName(parsing: parsed.quoted) == parsed)
  }

  @Test(arguments: ["", ".", "a.", ".a", "a.b.c", "\"a", "\"\"", "a b", "a;b", "1a", "\"a\"b", "a-b"])
  func refusesMalformed(_ text: String) {
    #expect(throws: FormatError.self) { try QualifiedName(parsing: text) }
  }

  @Test func unquotedFormSplitsAtTheFirstDot() throws {
    let name = try QualifiedName(unquoted: "public.a.b")
    #expect(name.schema?.name == "public")
    #expect(name.name.name == "a.b")
    #expect(name.unquoted == "public.a.b")
  }

  @Test(arguments: [
    ("it's", "'it''s'"), ("a\\b", "E'a\\\\b'"), ("", "''"), ("'\u{301}", "'''\u{301}'"), ("\\'", "E'\\\\'''"),
  ])
  func quotesLiterals(_ text: String, _ literal: String) {
    #expect(Array(SQLLiteral.quote(text).utf8) == Array(literal.utf8))
  }

  @Test(arguments: 0..<200) func anyNameRoundTrips(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let name = try QualifiedName(schema: random.name(), name: random.name())
    #expect(try QualifiedName(parsing: name.quoted) == name)
    _ = try? QualifiedName(parsing: random.damaged(name.quoted))
  }
}
