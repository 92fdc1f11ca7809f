import EventFormats

/// What an initial copy takes along. Comparison and repair look at the same rows and columns.
package struct CopyRule: Sendable {
  /// What is done with one column.
  package enum Column: Sendable, Equatable {
    case keep
    /// It is left out.
    case skip
    /// SQL over the source's columns takes its place.
    case expression(String)
    /// The value is read and rewritten on its way, see ``CopyRule/rewrite``.
    case rewritten
  }

  /// Whether anything is copied at all.
  package var isWanted = true
  /// SQL for WHERE, over the source's columns; `nil`: all rows.
  package var condition: String?
  /// What is done with a column of that name.
  package var column: @Sendable (String) -> Column = { _ in .keep }
  /// Rewrites the value of a column for which ``column`` says `rewritten`; `nil` is NULL.
  package var rewrite: @Sendable (_ column: String, _ value: String?) throws -> String? = { $1 }
  /// Whether the bytes of every field are to be made valid UTF-8.
  package var repairsEncoding = false

  package init(isWanted: Bool = true, condition: String? = nil) {
    self.isWanted = isWanted
    self.condition = condition
  }
}

extension CopyRule {
  /// The columns to be copied, in order, each with the SQL that reads it at the source.
  package func selection(of columns: [String]) -> [(column: String, sql: String)] {
    columns.compactMap { name in
      switch column(name) {
      case .skip: nil
      case .expression(let sql): (name, "\(sql) as \(SQLIdentifier.quote(name))")
      case .keep, .rewritten: (name, SQLIdentifier.quote(name))
      }
    }
  }

  /// Whether the bytes of a copy must be read on their way.
  package func mustRead(_ columns: [String]) -> Bool {
    repairsEncoding || columns.contains { column($0) == .rewritten }
  }
}
