import EventFormats

/// A part of a table by its key: the rows after one key up to and including another. `nil`: no bound.
package struct KeyRange: Sendable, Equatable {
  /// The rows come after this key.
  package var after: [String]?
  /// The last key that belongs to it.
  package var through: [String]?

  /// All rows.
  static let all = KeyRange()

  /// The conditions on the rows of alias `t`; empty when there is no bound.
  func conditions(_ key: [String], _ types: [String]) -> [String] {
    let columns = row(key.map { "t.\(SQLIdentifier.quote($0))" })
    func bound(_ comparison: String, _ values: [String]) -> String {
      let constants = zip(values, types).map { "\(SQLLiteral.quote($0))::pg_catalog.\(SQLIdentifier.quote($1))" }
      return "\(columns) \(comparison) \(row(constants))"
    }
    return [after.map { bound(">", $0) }, through.map { bound("<=", $0) }].compactMap { $0 }
  }

  private func row(_ parts: [String]) -> String {
    parts.count == 1 ? parts[0] : "(\(parts.joined(separator: ", ")))"
  }
}
