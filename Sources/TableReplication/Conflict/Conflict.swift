package import EventFormats

/// Changes of one batch that met rows which their source did not expect, as far as they are of one kind and end.
package struct Conflict: Sendable, Equatable {
  /// How they ended.
  package enum Outcome: String, Sendable {
    /// The rows that were here stayed.
    case kept
    /// What the source, or a function, said was written.
    case written
  }

  package var table: QualifiedName
  /// `insert_exists`, `update_missing`, `update_differs`, `delete_missing`, `delete_differs`; with multimaster also
  /// `alternate_key` and `parent_missing`.
  package var kind: String
  package var outcome: Outcome
  /// Keys in conflict.
  package var count: Int
  package var firstEvent: Int64, lastEvent: Int64

  /// The kind in words.
  var meaning: String {
    switch kind {
    case "insert_exists": "a row is new at the source, and its key is here already"
    case "update_missing": "a row changed at the source that is not here"
    case "delete_missing": "a row was deleted at the source that is not here"
    case "update_differs": "a row changed at the source, and the row here is another one than it was there before"
    case "delete_differs": "a row was deleted at the source, and the row here is another one than it was there"
    default: "a change does not fit the rows that are here (\(kind))"
    }
  }
}
