import EventFormats
import TableStructure

@testable import TableReplication

/// Makes handlers from text, as a table's attributes have them.
enum HandlerFixture {
  static func make(
    _ spec: String, table: String = "public.t", settings: HandlerSettings = HandlerSettings()
  ) throws -> any TableHandler {
    try HandlerRegistry.standard.make(
      HandlerSpec(parsing: spec), HandlerContext(table: QualifiedName(unquoted: table), settings: settings))
  }

  /// What a handler does with an event, rows as text: `I public.t id=1&v=a`.
  static func actions(_ handler: any TableHandler, _ event: HandledEvent) throws -> [String] {
    var handler = handler
    return try handler.handle(event).map { action in
      switch action {
      case .write(let write):
        let old = write.oldKey.map { " was \(URLEncodedRow.encode($0))" } ?? ""
        return "\(write.operation.letter) \(write.table.unquoted) \(URLEncodedRow.encode(write.columns))\(old)"
      case .truncate(let table): return "R \(table.unquoted)"
      case .call(let call): return "call \(call.function.quoted) \(call.configuration) \(call.event.id)"
      case .send(let event, let queue): return "send \(queue) \(event.type) \(event.data ?? "")"
      }
    }
  }

  /// A handler that knows the batch and, for partitions, the table.
  static func dispatch(
    _ arguments: String, name: String = "dispatch", key: [String] = ["id"], isPartitioned: Bool = false
  ) throws -> any TableHandler {
    guard var handler = try make("\(name)(\(arguments))") as? DispatchHandler else { throw UnexpectedHandler() }
    handler.table = LoadTable(
      shape: TableShape(
        name: try QualifiedName(unquoted: "public.t"),
        columns: ["id", "v", "day"].map { TableShape.Column(name: $0, type: "text") }, primaryKey: key,
        isPartitioned: isPartitioned), rangeColumn: isPartitioned ? "day" : nil)
    var batch = HandledBatch(tick: 7, time: CalendarHour(year: 2024, month: 2, day: 3, hour: 4))
    batch.now = CalendarHour(year: 2025, month: 6, day: 7, hour: 8)
    handler.begin(batch)
    return handler
  }

  struct UnexpectedHandler: Error {}
}

extension HandledEvent {
  /// What `logutriga` writes.
  static func row(_ type: String, _ data: String, extra2: String? = nil, extra3: String? = nil) -> HandledEvent {
    HandledEvent(
      id: 42, transactionID: 9, time: "2023-01-02 03:04:05.6+00", type: type, data: data, extra1: "public.t",
      extra2: extra2, extra3: extra3)
  }

  /// What a capture writes.
  static func captured(_ op: String, _ data: String, before: String? = nil, oldKey: String? = nil) -> HandledEvent {
    .row("{\"op\":\"\(op)\",\"table\":[\"public\",\"t\"],\"pkey\":[\"id\"]}", data, extra2: before, extra3: oldKey)
  }
}
