import EventFormats

/// The events of one type about one table, in a batch.
struct EventKind: Sendable, Equatable {
  var type: String
  /// ev_extra1: for changes, the table's name in the set.
  var table: String?
  var count: Int
  /// The first and the last event of the kind.
  var first: Int64, last: Int64
  /// Number of events that changed the row's key, and bytes that their rows take: of changes in our own format.
  var keyChanges = 0, bytes: Int64 = 0
  /// The first and the last transaction that made them.
  var transactions: ClosedRange<Int64>?
  /// Whether they are changes in our own format of a table with the same name here, and nobody need be asked about them.
  var isPlain = true

  /// What the events are for a node.
  enum Content: Sendable, Equatable {
    /// Changes of a table.
    case change(RowChange)
    /// What nodes say to each other.
    case system
    /// Nothing that a node knows.
    case unknown(String)
  }

  var content: Content {
    if SystemEvent.isSystem(type: type) { return .system }
    do {
      return .change(try RowChange(type: type, table: table))
    } catch {
      return .unknown("\(error)")
    }
  }

  /// The table's name in the set; without one in the event, that of the table where it was captured.
  static func setName(_ change: RowChange, _ table: String?) -> String { table ?? change.header.table.unquoted }
}
