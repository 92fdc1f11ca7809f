import EventFormats
import PostgresClient
import ServiceRuntime
import TableStructure

/// One table in two databases: what can be compared of it, and how.
struct TablePair: Sendable {
  let table: ComparedTable
  let source: TableShape, target: TableShape
  /// What identifies a row; all compared columns when there is no key.
  let key: [String]
  /// The compared columns, the key included, in an order that does not depend on either side's.
  let columns: [String]
  /// Whether a key identifies rows.
  let hasKey: Bool
  /// The types of the key, when both servers order its values in the same way and have an index for that.
  let walk: [String]?
  let hash: RowHash
  /// What is left out.
  let notes: [String]

  /// Reads both sides.
  ///
  /// - Throws: ``ComparisonError``: a table or column is missing; `PostgresError`.
  static func read(
    _ table: ComparedTable, _ source: PostgresConnection, _ target: PostgresConnection
  ) async throws -> TablePair {
    guard let left = try await TableShape.read(table.source, source) else { throw missing(table.source, "source") }
    guard let right = try await TableShape.read(table.target, target) else { throw missing(table.target, "target") }
    let leftNames = Set(left.writableColumns.map(\.name)), rightNames = Set(right.writableColumns.map(\.name))
    let shared = leftNames.intersection(rightNames)
    let wantedKey = table.key.isEmpty ? left.primaryKey : table.key
    for name in table.key + (table.columns ?? []) where !shared.contains(name) {
      throw ComparisonError(
        "table \(table.label): column \"\(name)\" is not on both sides, or is generated",
        hint: "columns on both sides: \(shared.sorted().joined(separator: ", "))", exitCode: .usage)
    }
    let usableKey = wantedKey.allSatisfy(shared.contains) ? wantedKey : []
    let chosen = shared.filter { name in
      usableKey.contains(name) || (table.columns?.contains(name) ?? true) && !table.ignored.contains(name)
    }
    guard !chosen.isEmpty else {
      throw ComparisonError("table \(table.label): no column is on both sides", exitCode: .configuration)
    }
    let columns = chosen.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let key = usableKey.isEmpty ? columns : usableKey
    var notes: [String] = []
    for (only, side) in [(leftNames.subtracting(shared), "source"), (rightNames.subtracting(shared), "target")]
    where !only.isEmpty && table.columns == nil && !only.isSubset(of: table.ignored) {
      notes.append("only the \(side) has: \(only.subtracting(table.ignored).sorted().joined(separator: ", "))")
    }
    var walk: [String]?
    if !usableKey.isEmpty, key == left.primaryKey, key == right.primaryKey {
      let leftOrder = try await KeyOrder.read(left, key: key, source)
      if leftOrder.isTotal, try await leftOrder == KeyOrder.read(right, key: key, target) { walk = leftOrder.types }
    }
    return TablePair(
      table: table, source: left, target: right, key: key, columns: columns, hasKey: !usableKey.isEmpty, walk: walk,
      hash: try await RowHash.choose(source, target), notes: notes)
  }

  private static func missing(_ name: QualifiedName, _ side: String) -> ComparisonError {
    ComparisonError("the \(side) has no table \(name.quoted)", hint: "check the name and the schema")
  }

  /// The queries for either side.
  var left: TableContent { TableContent(self, source, where: table.conditions + table.sourceConditions) }
  var right: TableContent { TableContent(self, target, where: table.conditions) }
}
