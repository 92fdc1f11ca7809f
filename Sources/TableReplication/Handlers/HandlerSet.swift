package import EventFormats

/// The handlers of a worker's tables.
package struct HandlerSet: Sendable {
  /// By the tables' names in events.
  private var handlers: [QualifiedName: any TableHandler] = [:]
  /// Those that are asked for each event, by the name as it stands in ev_extra1; whether their text is repaired.
  private var asked: [String: Bool] = [:]

  package init() {}

  /// Adds the handler of a table.
  ///
  /// - Parameter table: the table as events name it.
  package mutating func add(_ handler: any TableHandler, for table: QualifiedName) {
    handlers[table] = handler
    if !handler.isPassThrough { asked[table.unquoted] = handler.copy.repairsEncoding }
  }

  /// Whether no handler is asked for any event.
  package var isPassThrough: Bool { asked.isEmpty }

  /// The names in ev_extra1 of tables whose handlers are asked.
  package var askedTables: [String] { asked.keys.sorted() }

  /// The names in ev_extra1 of tables whose events are passed on otherwise than they are.
  package var rewrittenTables: [String] {
    handlers.filter { $0.value.rewritesQueue }.map(\.key.unquoted).sorted()
  }

  /// Whether a handler is asked for the events of a table, by its name in ev_extra1.
  package func isAsked(_ table: String) -> Bool { asked[table] != nil }

  /// Whether the text of a table's events is repaired.
  package func repairs(_ table: String) -> Bool { asked[table] ?? false }

  /// The handler of a table, by its name in events.
  package subscript(_ table: QualifiedName) -> (any TableHandler)? { handlers[table] }

  /// All handlers that are asked, by their tables' names in ev_extra1.
  var askedHandlers: [String: any TableHandler] {
    var result: [String: any TableHandler] = [:]
    for (table, handler) in handlers where asked[table.unquoted] != nil { result[table.unquoted] = handler }
    return result
  }

  /// The conflict policies that handlers bring along, by the tables' names in the target.
  package var conflicts: [QualifiedName: ConflictPolicy] {
    var result: [QualifiedName: ConflictPolicy] = [:]
    for handler in handlers.values { if let policy = handler.conflict { result[handler.destination] = policy } }
    return result
  }
}
