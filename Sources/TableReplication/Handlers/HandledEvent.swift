package import EventFormats
package import EventQueue

/// An event that a handler is asked about.
package struct HandledEvent: Sendable, Equatable {
  package var id: Int64, transactionID: Int64
  /// When its transaction began, in UTC.
  package var time: String
  package var retries: Int
  package var type: String
  package var data: String?
  /// Whether bytes that are no UTF-8 become U+FFFD.
  package var isRepaired = false
  package var extra1: String?, extra2: String?, extra3: String?, extra4: String?

  package init(
    id: Int64, transactionID: Int64 = 0, time: String = "", retries: Int = 0, type: String, data: String?,
    extra1: String? = nil, extra2: String? = nil, extra3: String? = nil, extra4: String? = nil
  ) {
    self.id = id
    self.transactionID = transactionID
    self.time = time
    self.retries = retries
    self.type = type
    self.data = data
    (self.extra1, self.extra2, self.extra3, self.extra4) = (extra1, extra2, extra3, extra4)
  }

  /// Reads an event of a batch.
  ///
  /// - Parameter repairing: whether bytes that are no UTF-8 become U+FFFD, instead of being an error.
  /// - Throws: `MalformedEvent`.
  package init(_ event: QueueEvent, repairing: Bool = false) throws {
    self.init(
      id: try event.id, transactionID: try event.transactionID, time: try event.time, retries: try event.retries,
      type: try event.type ?? "", data: repairing ? try event.repairedData : try event.data,
      extra1: try event.extra1, extra2: repairing ? try event.repairedExtra2 : try event.extra2,
      extra3: try event.extra3, extra4: try event.extra4)
    isRepaired = repairing
  }

  /// What the event says of a row.
  ///
  /// - Throws: ``UnreadableEvent`` when it is no change of a row.
  package func change() throws -> HandledChange {
    let change: RowChange
    do {
      change = try RowChange(type: type, table: extra1)
    } catch {
      throw UnreadableEvent(table: nil, reason: "the event is no change of a row: \(error)")
    }
    do {
      let operation = change.header.operation
      let row = operation == .truncate ? ([], []) : try change.row(data ?? "", repairing: isRepaired)
      var result = HandledChange(
        operation: operation, table: change.header.table, key: row.1, columns: row.0, format: change.format)
      if change.format == .json, let extra3, extra3.utf8.first == UInt8(ascii: "{") {
        result.oldKey = try JSONRow.decode(extra3)
      }
      if let extra2, operation == .update || operation == .delete {
        result.before =
          extra2.utf8.first == UInt8(ascii: "{")
          ? try JSONRow.decode(extra2) : try URLEncodedRow.decode(extra2, repairing: isRepaired)
      }
      return result
    } catch {
      throw UnreadableEvent(table: change.header.table, reason: "the event's data does not parse: \(error)")
    }
  }
}

/// A change of a row, or a TRUNCATE, taken out of its event.
package struct HandledChange: Sendable, Equatable {
  package var operation: ChangeOperation
  /// The table as the event names it.
  package var table: QualifiedName
  /// The key's columns; empty where the event names none.
  package var key: [String]
  /// The row: the new one, or the one that is gone. Partial SQL has less: an update what it changes, and the key.
  package var columns: [ColumnValue]
  package var format: RowChange.Format
  /// The key that the row had before, when it changed.
  package var oldKey: [ColumnValue]?
  /// The whole row as it was before, where that is captured.
  package var before: [ColumnValue]?

  /// Whether other columns have to keep their values.
  package var isSparse: Bool { format == .partialSQL && operation == .update }

  /// A column of the row; `nil` when it is not there.
  package func column(_ name: String) -> ColumnValue? { columns.first { $0.name == name } }
}
