package import EventFormats

/// `obfuscate`: what identifies people is hashed or left out, on the way into the table and into other nodes.
package struct ObfuscateHandler: TableHandler {
  package static let description = HandlerDescription(
    ["obfuscate"],
    """
    Columns are kept, left out, or hashed with a key (BLAKE2s), as a file says: in the copy, in changes, and in the \
    events that are passed on to other nodes. Columns that the file does not name are left out.
    """,
    [
      .init("map", text: "the file on the worker's machine, JSON or YAML (the worker's obfuscator_map)"),
      .init("keyfile", text: "the file with the key on the worker's machine (the worker's obfuscator_key)"),
      .init("ignore_truncate", text: "1: a TRUNCATE at the source does not empty the table here (0)"),
    ])

  package let destination: QualifiedName
  private let rules: [String: ObfuscationRule]
  private let obfuscation: Obfuscation
  private let ignoresTruncate: Bool

  package init(_ context: HandlerContext, _ arguments: HandlerArguments) throws(HandlerError) {
    destination = context.destination
    ignoresTruncate = try arguments.flag("ignore_truncate")
    let settings = context.settings
    func read(_ path: String?, _ argument: String) throws(HandlerError) -> String {
      guard let path else {
        throw HandlerError("handler obfuscate needs the argument \(argument)", remedy: "name a file with it")
      }
      do { return try settings.readFile(path) } catch let error as HandlerError { throw error } catch {
        throw HandlerError("the file \(path) cannot be read: \(error)", remedy: "name a file of the worker's machine")
      }
    }
    let map = try ObfuscationMap(parsing: read(arguments.text("map") ?? settings.obfuscationMap, "map"))
    guard let rules = map.rules(of: context.table) else {
      throw HandlerError(
        "the obfuscation map does not name the table \(context.table.unquoted)",
        remedy: "add the table and the columns that it may show")
    }
    let key = try read(arguments.text("keyfile") ?? settings.obfuscationKey, "keyfile").trimmingBlanks
    guard key.utf8.count >= 8, key.utf8.count <= 32 else {
      throw HandlerError(
        "the key of the obfuscation has \(key.utf8.count) bytes", remedy: "put 8 to 32 bytes into the file")
    }
    self.rules = rules
    obfuscation = Obfuscation(key: key)
  }

  package var rewritesQueue: Bool { true }

  package var copy: CopyRule {
    var rule = CopyRule()
    rule.column = { [rules] name in
      switch rules[name] ?? .skip {
      case .skip: .skip
      case .keep: .keep
      case .bool: .expression("(\(SQLIdentifier.quote(name))::text <> '')")
      case .hash32, .hash64, .hash, .nested: .rewritten
      }
    }
    rule.rewrite = { [rules, obfuscation] in try obfuscation.value($1, rules[$0] ?? .skip) }
    return rule
  }

  package func handle(_ event: HandledEvent) throws -> [HandlerAction] {
    let change = try event.change()
    if change.operation == .truncate { return ignoresTruncate ? [] : [.truncate(destination)] }
    var write = RowWrite(change, into: destination)
    try check(key: write.key)
    write.columns = try columns(write.columns)
    write.oldKey = try write.oldKey.map(columns)
    write.before = try write.before.map(columns)
    return [.write(write)]
  }

  package func passedOn(_ event: HandledEvent) throws -> HandledEvent? {
    if event.isTruncate { return event }
    return try event.rewritten(columns)
  }

  private func columns(_ columns: [ColumnValue]) throws -> [ColumnValue] {
    try columns.compactMap { column in
      let rule = rules[column.name] ?? .skip
      return rule == .skip ? nil : ColumnValue(column.name, try obfuscation.value(column.value, rule))
    }
  }

  private func check(key: [String]) throws {
    for name in key where (rules[name] ?? .skip) == .skip {
      throw ApplyError(
        table: destination, reason: "the obfuscation map leaves out the key column \"\(name)\"",
        remedy: "keep or hash it in the map, and start the worker again")
    }
  }
}

extension HandledEvent {
  /// The event with other columns in its row, old row and old key, in the format that it has.
  ///
  /// - Throws: ``UnreadableEvent`` when it does not parse; what `body` throws.
  func rewritten(_ body: ([ColumnValue]) throws -> [ColumnValue]) throws -> HandledEvent {
    let change = try change()
    var event = self
    switch change.format {
    case .json: event.data = JSONRow.encode(try body(change.columns))
    case .urlEncoded: event.data = URLEncodedRow.encode(try body(change.columns))
    case .partialSQL:
      do {
        switch try PartialSQL(change.operation, parsing: data ?? "") {
        case .insert(let columns): event.data = PartialSQL.insert(try body(columns)).text
        case .update(let set, let key):
          let (set, key) = (try body(set), try body(key))
          // Where nothing is left to be set, the key stands on both sides, as the trigger writes it.
          event.data = PartialSQL.update(set: set.isEmpty ? key : set, key: key).text
        case .delete(let key): event.data = PartialSQL.delete(key: try body(key)).text
        case .truncate: break
        }
      } catch let error as FormatError {
        throw UnreadableEvent(table: change.table, reason: "the event's data does not parse: \(error)")
      }
    }
    if let before = change.before {
      let columns = try body(before)
      event.extra2 =
        extra2?.utf8.first == UInt8(ascii: "{") ? JSONRow.encode(columns) : URLEncodedRow.encode(columns)
    } else {
      event.extra2 = nil
    }
    if let key = change.oldKey { event.extra3 = JSONRow.encode(try body(key)) }
    return event
  }
}
