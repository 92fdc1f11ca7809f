package import EventFormats

/// Something to be done for an event.
package enum HandlerAction: Sendable, Equatable {
  /// A row is written or removed.
  case write(RowWrite)
  /// A table is emptied, and with it the tables that inherit from it.
  case truncate(QualifiedName)
  /// A function is called, after the rows of the batch are written; calls keep their order.
  case call(FunctionCall)
  /// The event goes into a queue of the target.
  case send(HandledEvent, queue: String)
}

/// A row to be written or removed.
package struct RowWrite: Sendable, Equatable {
  /// INSERT: the row is new. UPDATE: it takes the place of the row of its key, or is new. DELETE: that row goes.
  package var operation: ChangeOperation
  package var table: QualifiedName
  /// The key's columns; may be empty for new rows.
  package var key: [String]
  package var columns: [ColumnValue]
  /// The key that the row had before, when it changed.
  package var oldKey: [ColumnValue]?
  /// The whole row as it was before, for those who look for conflicts.
  package var before: [ColumnValue]?
  /// Whether other columns keep their values.
  package var isSparse = false
  /// The period of the partition that must be there.
  package var period: CalendarHour?

  package init(_ change: HandledChange, into table: QualifiedName) {
    operation = change.operation
    self.table = table
    key = change.key
    columns = change.columns
    oldKey = change.oldKey
    before = change.before
    isSparse = change.isSparse
  }
}

/// A call of a function of the target with all of an event.
package struct FunctionCall: Sendable, Equatable {
  package var function: QualifiedName
  /// The first argument.
  package var configuration: String
  package var event: HandledEvent

  package init(_ function: QualifiedName, configuration: String, _ event: HandledEvent) {
    self.function = function
    self.configuration = configuration
    self.event = event
  }
}
