/// One row that differs between two databases.
package struct DifferingRow: Sendable, Equatable, Codable {
  /// How it differs.
  package enum Kind: String, Sendable, Codable {
    /// Only the source has it.
    case missing
    /// Only the target has it.
    case surplus
    /// Both have it, with different content.
    case changed
  }

  /// How it differs.
  package var difference: Kind
  /// The values of its key columns as text, in the order of the key.
  package var key: [String?]

  /// Describes a row.
  package init(_ difference: Kind, key: [String?]) {
    self.difference = difference
    self.key = key
  }
}

/// How the rows of a table differ between two databases.
package struct TableDifference: Sendable, Equatable, Codable {
  /// The table's name.
  package var table: String
  /// The tick of the queue at which both were compared; `nil` when that was not asked for.
  package var tick: Int64?
  /// Rows on either side.
  package var sourceRows = 0, targetRows = 0
  /// Rows that only the source has, that only the target has, and that both have with different content.
  package var missing = 0, surplus = 0, changed = 0
  /// The columns that identify a row.
  package var key: [String] = []
  /// Some of the rows that differ.
  package var rows: [DifferingRow] = []
  /// What was left out of the comparison.
  package var notes: [String] = []

  /// No difference yet.
  package init(table: String) { self.table = table }

  /// Number of rows that differ in any way.
  package var count: Int { missing + surplus + changed }

  /// Whether nothing differs; also where only rows were counted.
  package var isEqual: Bool { count == 0 && sourceRows == targetRows }

  /// Adds one row; the first `most` are kept.
  mutating func add(_ row: DifferingRow, keepingAtMost most: Int) {
    switch row.difference {
    case .missing: missing += 1
    case .surplus: surplus += 1
    case .changed: changed += 1
    }
    if rows.count < most { rows.append(row) }
  }
}
