import Testing

@testable import PostgresClient

@Suite struct PostgresQueryTests {
  @Test func valuesAreBoundAndNeverPasted() {
    let evil = "'; drop table t; --"
    let query: PostgresQuery = "select \(evil), \(5), \(nil as String?) from t where b = \(true)"
    #expect(query.sql == "select $1, $2, $3 from t where b = $4")
    #expect(query.parameters.map(\.shown) == [evil, "5", nil, "t"])
  }

  @Test func namesAreQuotedAndRawTextIsNot() {
    let query: PostgresQuery = "select \(raw: "count(*)") from \(identifier: "a\"b") where x = \(1)"
    #expect(query.sql == #"select count(*) from "a""b" where x = $1"#)
  }

  @Test func preparedKeepsTextAndValues() {
    let query = PostgresQuery("select $1", [7]).prepared()
    #expect(query.isPrepared && query.sql == "select $1" && query.parameters.map(\.shown) == ["7"])
  }

  @Test(arguments: [
    (Double.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity"), (0.1, "0.1"), (-0.0, "-0.0"),
    (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
  ])
  func doublesTakeTheServersSpelling(value: Double, text: String) {
    #expect(value.postgresParameter.shown == text)
  }

  @Test func arraysBecomeOneParameter() {
    #expect([1, 2].map(Int64.init).postgresParameter.shown == "{1,2}")
    #expect(["a", "b\""].postgresParameter.shown == #"{"a","b\""}"#)
    #expect(["a", nil].postgresParameter.shown == #"{"a",NULL}"#)
    guard case .binary(let bytes) = ([0, 255] as [UInt8]).postgresParameter.storage else {
      Issue.record("bytes are not bound in binary form")
      return
    }
    #expect(bytes == [0, 255])
  }

  @Test func preparedStatementsDifferByTextAndTypes() {
    var statements = PreparedStatements()
    let text = PreparedStatements.Key("select $1" as PostgresQuery)
    let bytes = PreparedStatements.Key(PostgresQuery("select $1", [[1] as [UInt8]]))
    statements.add(text, statements.newName())
    #expect(statements[text] != nil)
    #expect(statements[bytes] == nil)
    statements.remove(text)
    #expect(statements[text] == nil)
    #expect(statements.newName() == "trunkline_2", "names are never used again")
  }
}

extension PostgresParameter {
  var shown: String? { if case .text(let text) = storage { text } else { nil } }
}
