import Testing

@testable import PostgresClient

@Suite struct OpensCopyTests {
  @Test(arguments: [
    ("copy t from stdin", true), ("COPY t TO STDOUT (format binary)", true),
    (" \n-- why\n/* x */ Copy t from STDIN", true),
    ("copy t to '/tmp/x'", false), ("insert into t values ('copy t from stdin')", false), ("", false),
    ("/* copy", false),
    ("select 1 -- copy t from stdin", false),
  ])
  func onlyCopyOverTheConnectionCounts(sql: String, expected: Bool) {
    #expect(opensCopy(sql) == expected)
  }
}
