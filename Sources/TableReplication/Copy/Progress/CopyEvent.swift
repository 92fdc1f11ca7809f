package import EventFormats

/// What happens while tables are copied, for displays and logs.
package enum CopyEvent: Sendable {
  /// A table is about to be copied: an estimate of the bytes that are left, and the rows that are there from an earlier
  /// attempt.
  case planned(QualifiedName, bytes: Int64, rowsBefore: Int64)
  /// Bytes went over.
  case moved(QualifiedName, bytes: Int)
  /// A part of a table is in the target for good; `estimate` is what it was thought to have.
  case copied(QualifiedName, rows: Int, bytes: Int64, estimate: Int64)
  /// An index or constraint is being made again.
  case building(QualifiedName, object: String)
  /// A table is finished.
  case finished(QualifiedName, rows: Int64)
  /// Something that somebody should know.
  case warning(QualifiedName, String)
}
