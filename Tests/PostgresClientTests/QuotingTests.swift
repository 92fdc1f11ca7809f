import Testing

@testable import PostgresClient

@Suite struct QuotingTests {
  @Test(arguments: [
    ("plain", "\"plain\""),
    ("Upper Case", "\"Upper Case\""),
    ("a\"b", "\"a\"\"b\""),
    ("\"; drop table t; --", "\"\"\"; drop table t; --\""),
    // A quote followed by a combining accent is one Character, and not equal to a quote.
    ("a\"\u{301}b", "\"a\"\"\u{301}b\""),
    ("", "\"\""),
  ])
  func identifiers(name: String, quoted: String) {
    #expect(Array(quotedIdentifier(name).unicodeScalars) == Array(quoted.unicodeScalars))
  }

  @Test(arguments: [
    ("plain", "'plain'"),
    ("it's", "'it''s'"),
    ("'; drop table t; --", "'''; drop table t; --'"),
    ("'\u{301}", "'''\u{301}'"),
    ("back\\slash", "E'back\\\\slash'"),
    ("\\'", "E'\\\\'''"),
    ("\\\u{301}'", "E'\\\\\u{301}'''"),
    ("", "''"),
  ])
  func literals(text: String, quoted: String) {
    #expect(Array(quotedLiteral(text).unicodeScalars) == Array(quoted.unicodeScalars))
  }
}
