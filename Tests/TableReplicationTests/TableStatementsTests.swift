import EventFormats
import TableStructure
import Testing

@testable import TableReplication

/// The SQL for one table, as far as its text shows what must not go wrong.
@Suite struct TableStatementsTests {
  private let shape: TableShape

  init() throws {
    shape = TableShape(
      name: try QualifiedName(schema: "public", name: "Order \"1\""),
      columns: [
        .init(name: "id", type: "integer"),
        .init(name: "select", type: "text"),
        .init(name: "total", type: "numeric", isGenerated: true, isPlain: false),
        .init(name: "own", type: "text"),
      ], primaryKey: ["id"])
  }

  @Test func namesAreQuoted() throws {
    let statements = try TableStatements(table: shape, payload: ["id", "select"], key: ["id"], number: 0)
    #expect(statements.copyInserted == #"copy public."Order ""1""" (id, "select") from stdin"#)
    #expect(statements.deleteGone.hasPrefix(#"delete from only public."Order ""1""" t using"#))
  }

  @Test func computedColumnsAreNotWritten() throws {
    let statements = try TableStatements(table: shape, payload: ["id", "total", "own"], key: ["id"], number: 0)
    #expect(statements.columns.map(\.name) == ["id", "own"])
    #expect(statements.leavesColumns)
  }

  @Test func aTableOfNothingButItsKeyIsNotUpdated() throws {
    #expect(try TableStatements(table: shape, payload: ["id"], key: ["id"], number: 0).updatePresent == nil)
  }

  @Test func keysWhoseEqualValuesLookDifferentAreWritten() throws {
    var shape = shape
    shape.columns[0] = .init(name: "id", type: "numeric", isPlain: false)
    let update = try TableStatements(table: shape, payload: ["id"], key: ["id"], number: 0).updatePresent
    #expect(update?.contains("set id = n.id") == true)
  }

  @Test func valuesOfIdentityColumnsArrive() throws {
    var shape = shape
    shape.columns[0] = .init(name: "id", type: "integer", isIdentityAlways: true)
    let statements = try TableStatements(table: shape, payload: ["id", "own"], key: ["id"], number: 0)
    #expect(statements.insertAll.contains(" overriding system value "))
    #expect(statements.updatePresent?.contains("set own = case when octet_length(n.own) > 2000 and") == true)
  }

  @Test func aMissingColumnIsNamed() throws {
    let error = try #require(throws: ApplyError.self) {
      try TableStatements(table: shape, payload: ["id", "gone"], key: ["id"], number: 0)
    }
    #expect(error.reason.contains("\"gone\""))
    #expect(error.remedy.contains("add the column"))
  }

  @Test func theKeyMustBeInTheEvents() {
    #expect(throws: ApplyError.self) {
      try TableStatements(table: shape, payload: ["own"], key: ["id"], number: 0)
    }
  }
}
