public import EventFormats
public import PostgresClient
import TableStructure

/// Compares one table of two databases by content, every row and every column.
///
/// Both sides must stand still, or at the same position: rows that are on their way count as different.
public struct TableComparison: Sendable {
  /// The table, of the same name on both sides.
  public var table: QualifiedName
  /// Columns that identify a row; empty: the primary key, or all columns without one.
  public var key: [String]
  /// How many differing keys to name.
  public var maximumExamples = 10

  /// Describes a comparison.
  public init(table: QualifiedName, key: [String] = []) {
    self.table = table
    self.key = key
  }

  /// Compares: first by a checksum that each server computes for itself, then, only if these differ, row by row over
  /// listings sorted by key, in constant memory.
  ///
  /// - Throws: `PostgresError`; `misuse` when one side has no such table.
  public func run(_ source: PostgresConnection, _ target: PostgresConnection) async throws -> TableDifference {
    guard let sourceShape = try await TableShape.read(table, source) else { throw missing("source") }
    guard let targetShape = try await TableShape.read(table, target) else { throw missing("target") }
    let content = TableContent(
      source: sourceShape, target: targetShape, key: key.isEmpty ? sourceShape.primaryKey : key)
    // Both servers shall write equal values in the same words.
    for side in [source, target] {
      try await side.execute(
        "set datestyle = 'ISO, MDY'; set intervalstyle = postgres; set timezone = 'UTC'; set bytea_output = hex; "
          + "set extra_float_digits = 1")
    }
    async let sourceSum = checksum(content, source)
    async let targetSum = checksum(content, target)
    let (left, right) = try await (sourceSum, targetSum)
    var difference = TableDifference(
      table: sourceShape.name.unquoted, sourceRows: left.rows, targetRows: right.rows)
    if left != right { try await list(content, source, target, &difference) }
    return difference
  }

  private struct Checksum: Equatable {
    var rows: Int
    var sum: String
  }

  private func checksum(_ content: TableContent, _ side: PostgresConnection) async throws -> Checksum {
    guard let row = try await side.query(PostgresQuery(content.checksum)).first else {
      throw PostgresError(.decoding, "the checksum query returned no row")
    }
    return Checksum(rows: try row.decode(0), sum: try row.decode(1))
  }

  private func list(
    _ content: TableContent, _ source: PostgresConnection, _ target: PostgresConnection,
    _ difference: inout TableDifference
  ) async throws {
    var lefts = LineReader(try await source.openCopyOut(content.listing))
    var rights = LineReader(try await target.openCopyOut(content.listing))
    var left = try await lefts.next()
    var right = try await rights.next()
    func note(_ key: ArraySlice<UInt8>) {
      if difference.examples.count < maximumExamples {
        difference.examples.append(String(decoding: key, as: UTF8.self))
      }
    }
    while left != nil || right != nil {
      if let l = left, let r = right, l.key.elementsEqual(r.key) {
        if !l.digest.elementsEqual(r.digest) {
          difference.changed += 1
          note(l.key)
        }
        left = try await lefts.next()
        right = try await rights.next()
      } else if let l = left, right.map({ l.key.lexicographicallyPrecedes($0.key) }) ?? true {
        difference.missing += 1
        note(l.key)
        left = try await lefts.next()
      } else if let r = right {
        difference.surplus += 1
        note(r.key)
        right = try await rights.next()
      }
    }
  }

  private func missing(_ side: String) -> PostgresError {
    PostgresError(.misuse, "the \(side) has no table \(table.quoted)", hint: "check the name and the schema")
  }
}
