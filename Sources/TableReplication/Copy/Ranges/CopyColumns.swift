import EventFormats
import TableStructure

/// Which columns of a table are copied: those that the source has and the target can be written into.
struct CopyColumns: Sendable, Equatable {
  /// Their names in the target, in the source's order.
  var names: [String]
  /// What is read of the source for each, in SQL.
  private var sources: [String]
  /// What somebody should know: columns of the target that get no value from the source.
  var warnings: [String] = []

  /// - Parameter rule: what a handler says of columns.
  /// - Throws: ``ApplyError`` when a column of the source would be lost, or no column is left.
  init(source: TableShape, target: TableShape, rule: CopyRule? = nil) throws {
    let writable = Set(target.writableColumns.map(\.name))
    let present = Set(target.columns.map(\.name))
    let selection = (rule ?? CopyRule()).selection(of: source.columns.map(\.name))
    let mustBeThere = Set(source.writableColumns.map(\.name))
    if let lost = selection.first(where: { mustBeThere.contains($0.source) && !present.contains($0.column) }) {
      throw ApplyError(
        table: target.name, reason: "the target table has no column \"\(lost.column)\"",
        remedy: "add it to the target, or capture the table without it and copy it yourself")
    }
    let copied = selection.filter { writable.contains($0.column) }
    names = copied.map(\.column)
    sources = copied.map(\.sql)
    guard !names.isEmpty else {
      throw ApplyError(
        table: target.name, reason: "source and target table have no column in common", remedy: "compare the tables")
    }
    for column in target.columns where !names.contains(column.name) {
      warnings.append(
        column.isGenerated
          ? "column \"\(column.name)\" is computed by the target"
          : "column \"\(column.name)\" is not in the source: it gets its default")
    }
  }

  /// What is read of the source, in SQL.
  var selection: String { sources.joined(separator: ", ") }

  /// The target's columns in SQL.
  var list: String { names.map(SQLIdentifier.quote).joined(separator: ", ") }
}
