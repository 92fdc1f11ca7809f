package import EventFormats
package import EventQueue

/// How row events become rows of tables.
package struct LoadOptions: Sendable {
  /// What becomes of the changes.
  package enum Mode: String, Sendable, CaseIterable {
    /// The tables follow the changes.
    case changes
    /// Every event becomes a row, whatever happened to the row it is about. Columns of the table that are called
    /// ev_id, ev_time, ev_txid, ev_op or ev_table are filled in from the event.
    case log
    /// The latest row of every key, in each partition by itself.
    case latest
  }

  /// What becomes of events of tables that are not named.
  package enum Rest: String, Sendable, CaseIterable {
    /// They go to tables of the same names.
    case load
    /// They are left out, and counted.
    case drop
    /// They are refused.
    case stop
  }

  package var filter = EventFilter()
  package var mode: Mode = .changes
  /// Tables by the names that they have in the events.
  package var tables: [QualifiedName: QualifiedName] = [:]
  package var rest: Rest = .load
  /// Whether ev_extra1 names the table in every format: tables of a set, which may have another name where they are captured.
  package var namesTablesByExtra1 = false
  package var partitions: PartitionScheme?
  /// Whether the column that tells a row's partition is known never to change.
  package var hasFixedPartitionColumn = false
  package var ignoresDeletes = false
  package var ignoresTruncates = false
  /// Whether events that cannot be read are put into `trunkline.rejected_event`, instead of stopping the worker.
  package var parksBadEvents = false

  /// The handlers of tables that have one.
  package var handlers = HandlerSet()
  /// What happens when changes meet rows that the source does not expect.
  package var conflicts = ConflictPolicies()

  package init() {}
}
