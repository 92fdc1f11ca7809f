import EventFormats
import TableStructure

/// Which columns of a table are copied: those that the source has and the target can be written into.
struct CopyColumns: Sendable, Equatable {
  /// In the source's order.
  var names: [String]
  /// What somebody should know: columns of the target that get no value from the source.
  var warnings: [String] = []

  /// - Throws: ``ApplyError`` when a column of the source would be lost, or no column is left.
  init(source: TableShape, target: TableShape) throws {
    let writable = Set(target.writableColumns.map(\.name))
    let present = Set(target.columns.map(\.name))
    if let column = source.writableColumns.first(where: { !present.contains($0.name) }) {
      throw ApplyError(
        table: target.name, reason: "the target table has no column \"\(column.name)\"",
        remedy: "add it to the target, or capture the table without it and copy it yourself")
    }
    names = source.columns.map(\.name).filter(writable.contains)
    guard !names.isEmpty else {
      throw ApplyError(
        table: target.name, reason: "source and target table have no column in common", remedy: "compare the tables")
    }
    let copied = Set(names)
    for column in target.columns where !copied.contains(column.name) {
      warnings.append(
        column.isGenerated
          ? "column \"\(column.name)\" is computed by the target"
          : "column \"\(column.name)\" is not in the source: it gets its default")
    }
  }

  /// The columns in SQL.
  var list: String { names.map(SQLIdentifier.quote).joined(separator: ", ") }
}
