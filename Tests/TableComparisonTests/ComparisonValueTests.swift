import Testing

@testable import TableComparison

@Suite struct ComparisonValueTests {
  @Test func aRangeIsComparedAsRows() {
    let range = KeyRange(after: ["1", "it's"], through: ["2", #"a\b"#])
    #expect(
      range.conditions(["id", "Odd name"], ["int4", "text"]) == [
        #"(t.id, t."Odd name") > ('1'::pg_catalog.int4, 'it''s'::pg_catalog.text)"#,
        #"(t.id, t."Odd name") <= ('2'::pg_catalog.int4, E'a\\b'::pg_catalog.text)"#,
      ])
    #expect(KeyRange(after: nil, through: ["5"]).conditions(["id"], ["int8"]) == ["t.id <= '5'::pg_catalog.int8"])
    #expect(KeyRange.all.conditions(["id"], ["int8"]).isEmpty)
  }

  @Test func theRateSpreadsRowsOverTime() {
    let limit = RateLimit(rowsPerSecond: 1000)
    #expect(limit.rest(after: 500, took: .milliseconds(100)) == .milliseconds(400))
    #expect(limit.rest(after: 500, took: .seconds(2)) == .zero)
    #expect(limit.rest(after: 0, took: .zero) == .zero)
    #expect(RateLimit(rowsPerSecond: 0).rest(after: 1_000_000, took: .zero) == .zero)
  }

  @Test func theTableWithTheFewestRoundsIsNext() {
    #expect(TableVerification.next([3, 2, 2]) == 1)
    #expect(TableVerification.next([4, 4]) == 0)
    #expect(TableVerification.next([]) == nil)
  }

  @Test func onlySomeRowsAreKeptButAllAreCounted() {
    var difference = TableDifference(table: "public.t")
    for number in 1...5 { difference.add(DifferingRow(.missing, key: ["\(number)"]), keepingAtMost: 2) }
    difference.add(DifferingRow(.changed, key: [nil]), keepingAtMost: 2)
    #expect(difference.rows.count == 2 && difference.missing == 5 && difference.changed == 1)
    #expect(difference.count == 6 && !difference.isEqual)
  }
}
