import EventFormats
import TableStructure
import Testing

@testable import TableReplication

/// Statements leave alone what the events do not speak about.
@Suite struct TargetRowsTests {
  private static let columns: [TableShape.Column] = [
    .init(name: "id", type: "integer"), .init(name: "Na\"me", type: "text"), .init(name: "own", type: "text"),
    .init(name: "sum", type: "integer", isGenerated: true),
  ]

  private func statements(
    _ columns: [TableShape.Column] = columns, payload: [String] = ["id", "Na\"me", "sum"], key: [String] = ["id"],
    isPartitioned: Bool = false, deferrable: [String] = []
  ) throws -> TableStatements {
    try TableStatements(
      table: TableShape(
        name: try QualifiedName(schema: "public", name: "Odd t"), columns: columns, isPartitioned: isPartitioned,
        deferrableKeys: deferrable), payload: payload, key: key, number: 3)
  }

  @Test func writesTouchNoInheritingTable() throws {
    #expect(
      try statements().deleteGone
        == "delete from only public.\"Odd t\" t using trunkline_net_3 n where t.id = n.id and not n.tl_present")
    #expect(try statements(isPartitioned: true).deleteGone.hasPrefix("delete from public.\"Odd t\" t "))
  }

  @Test func columnsOfTheTargetsOwnAreNoticed() throws {
    #expect(try statements().leavesColumns)
    #expect(try !statements(payload: ["id", "Na\"me", "own"]).leavesColumns)
  }

  @Test func lateUniqueConstraintsAreLookedAfter() throws {
    #expect(try statements().duplicates.isEmpty)
    #expect(
      try statements(deferrable: ["a, b"]).duplicates.first?.contains("group by a, b having count(*) > 1") == true)
  }

  @Test func rowsChangeTheirKeyInPlace() throws {
    let table = TableShape(name: try QualifiedName(schema: "s", name: "t"), columns: Self.columns)
    let sql = try RowStatements(table: table, payload: ["id", "own"], key: ["id"])
    #expect(sql.updateKey?.hasPrefix("update only s.t t set id = (x.r).id, own = (x.r).own from") == true)
    #expect(sql.updateKey?.hasSuffix("where t.id = (o.r).id") == true)
  }
}
