import EventFormats

/// What the staged events of one kind (table and operation) amount to.
struct StagedGroup: Sendable, Equatable {
  /// The events' type, as it stands in the queue.
  var type: String
  /// What the type says.
  var header: ChangeHeader
  /// Number of events.
  var count: Int
  /// The first and the last event of the kind.
  var firstEvent: Int64, lastEvent: Int64
  /// Number of events that changed the row's key.
  var keyChanges: Int
}
