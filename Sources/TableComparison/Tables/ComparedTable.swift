package import EventFormats

/// A table to compare, and what of it.
package struct ComparedTable: Sendable, Equatable {
  /// Its name in the source and in the target.
  package var source: QualifiedName, target: QualifiedName
  /// Its name in the events of the queue, where that is another one than the source's.
  package var nameInQueue: String?
  /// Columns that identify a row; empty: the primary key, or all columns without one.
  package var key: [String] = []
  /// Columns to compare besides the key; `nil`: all that both sides have.
  package var columns: [String]?
  /// Columns to leave out.
  package var ignored: Set<String> = []
  /// Which rows: SQL conditions over the table's columns, evaluated on each side; all of them must hold.
  package var conditions: [String] = []
  /// Which rows of the source, besides: what is to be in the target.
  package var sourceConditions: [String] = []

  /// A table with the same name on both sides, or with another one in the target.
  package init(_ source: QualifiedName, target: QualifiedName? = nil, key: [String] = []) {
    self.source = source
    self.target = target ?? source
    self.key = key
  }

  /// What it is called in results.
  package var label: String { nameInQueue ?? source.unquoted }
}
