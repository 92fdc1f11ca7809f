import EventFormats

/// Rows that handlers want written, as lines for the staging table. No I/O.
struct HandlerRows {
  private struct Kind: Hashable {
    var table: QualifiedName
    var operation: ChangeOperation
    var key: [String]
  }

  /// COPY text for the staging table, and the event of each line.
  private(set) var bytes: [UInt8] = []
  private(set) var events: [Int64] = []
  /// Whether events of one kind differ in their columns: then they cannot be applied all at once.
  private(set) var isIrregular = false
  private var types: [Kind: String] = [:]
  private var columns: [QualifiedName: [String]] = [:]

  /// Adds a row.
  mutating func add(_ write: RowWrite, _ event: HandledEvent) {
    let names = write.columns.map(\.name)
    if write.isSparse || (columns[write.table].map { $0 != names } ?? false) { isIrregular = true }
    columns[write.table] = names
    append(
      write.table, write.operation, write.key, JSONRow.encode(write.columns), event,
      oldKey: write.oldKey.map(JSONRow.encode), before: write.before.map(JSONRow.encode))
  }

  /// Adds a TRUNCATE.
  mutating func add(truncating table: QualifiedName, _ event: HandledEvent) {
    append(table, .truncate, [], "{}", event, oldKey: nil, before: nil)
  }

  private mutating func append(
    _ table: QualifiedName, _ operation: ChangeOperation, _ key: [String], _ data: String, _ event: HandledEvent,
    oldKey: String?, before: String?
  ) {
    let kind = Kind(table: table, operation: operation, key: key)
    let type = types[kind] ?? ChangeHeader(operation: operation, table: table, key: key).text
    types[kind] = type
    COPYText.append(
      row: [String(event.id), String(event.transactionID), type, data, table.unquoted, oldKey, before], to: &bytes)
    events.append(event.id)
  }

  /// Hands the lines over.
  mutating func take() -> (bytes: [UInt8], events: [Int64]) {
    defer { (bytes, events) = ([], []) }
    return (bytes, events)
  }
}
