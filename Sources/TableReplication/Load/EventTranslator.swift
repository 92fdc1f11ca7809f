import EventFormats
import EventQueue
import TableStructure

/// Turns row events of any format into captured changes of the tables that they are loaded into, one batch at a time.
///
/// No I/O: tables that it does not know it asks for.
struct EventTranslator {
  /// What became of an event.
  enum Outcome {
    case staged
    /// Left out because the options say so.
    case leftOut
    /// Needs the target's table of this name first, see ``know(_:)``.
    case unknownTable(QualifiedName)
  }

  private struct Kind {
    var change: RowChange
    /// `nil`: events of the table are left out.
    var destination: QualifiedName?
    /// The columns of the last event.
    var columns: [String]?
    /// Event types of captured changes, by the table (or its partition) and key.
    var types: [TypeName: String] = [:]
  }

  private struct KindName: Hashable {
    var type: String
    var table: String?
  }

  private struct TypeName: Hashable {
    var table: QualifiedName
    var key: [String]
  }

  let options: LoadOptions
  let batchTime: CalendarHour?
  /// The partitions that the batch's rows need.
  private(set) var partitions: Set<PartitionNeed> = []
  /// Rows that were added; an event can be two.
  private(set) var rows = 0
  /// Whether events of one kind differ in their columns: then they cannot be applied all at once.
  private(set) var isIrregular = false
  private var kinds: [KindName: Kind] = [:]
  private var tables: [QualifiedName: LoadTable]

  init(options: LoadOptions, batchTime: CalendarHour?, tables: [QualifiedName: LoadTable] = [:]) {
    self.options = options
    self.batchTime = batchTime
    self.tables = tables
  }

  /// Tells what a table of the target looks like.
  mutating func know(_ name: QualifiedName, _ table: LoadTable) { tables[name] = table }

  /// Adds an event to the rows for the staging table, see `Staging`.
  ///
  /// - Throws: ``UnreadableEvent``; ``ApplyError`` when options and table do not go together; `MalformedEvent`.
  mutating func translate(_ event: QueueEvent, to out: inout [UInt8]) throws -> Outcome {
    let type = try event.type ?? ""
    // Messages of cascaded queues to each other stand among the events.
    guard try event.retries != EventFilter.mark, !type.hasPrefix("pgq.") else { return .leftOut }
    let isNamedByType = type.utf8.first == UInt8(ascii: "{") && !options.namesTablesByExtra1
    let name = KindName(type: type, table: isNamedByType ? nil : try event.extra1)
    var kind = try kinds[name] ?? newKind(name)
    defer { kinds[name] = kind }
    let operation = kind.change.header.operation
    guard let destination = kind.destination, !isIgnored(operation) else { return .leftOut }
    guard let table = tables[destination] else { return .unknownTable(destination) }

    let data = try event.data ?? ""
    var columns: [ColumnValue]?
    var key = kind.change.header.key
    if operation != .truncate, mustRead(kind.change, table) {
      do {
        let row = try kind.change.row(data)
        (columns, key) = (row.columns, row.key)
      } catch {
        throw UnreadableEvent(table: kind.change.header.table, reason: "the event's data does not parse: \(error)")
      }
    }
    if options.mode == .log { try addEventColumns(&columns, event, operation, table) }
    if key.isEmpty, operation == .insert, options.mode != .log { key = usableKey(table, kind.change, columns) }

    let place = try partition(table, operation, columns, key: key, event)
    if let columns {
      let names = columns.map(\.name)
      let isSparse = kind.change.format == .partialSQL && operation == .update
      if isSparse || (kind.columns.map { $0 != names } ?? false) { isIrregular = true }
      kind.columns = names
    }
    let header = try stagedType(&kind, place, key)
    var oldKey = options.mode == .log || kind.change.format != .json ? nil : try event.extra3
    if let old = oldKey, let oldPlace = try partition(ofOldKey: old, table, event), oldPlace != place {
      // The old row lies in another partition.
      if options.mode == .changes {
        let deletion = ChangeHeader(operation: .delete, table: oldPlace, key: key).text
        COPYText.append(
          row: [
            String(try event.id), String(try event.transactionID), deletion, old, oldPlace.unquoted, nil, nil,
          ], to: &out)
        rows += 1
      }
      oldKey = nil
    }
    COPYText.append(
      row: [
        String(try event.id), String(try event.transactionID), header, columns.map(JSONRow.encode) ?? data,
        place.unquoted, oldKey, try before(event, kind.change, operation),
      ], to: &out)
    rows += 1
    return .staged
  }

  /// The old row as JSON, for those who look for conflicts.
  private func before(_ event: QueueEvent, _ change: RowChange, _ operation: ChangeOperation) throws -> String? {
    guard !options.conflicts.isEmpty, options.mode == .changes, operation == .update || operation == .delete,
      let text = try event.extra2
    else { return nil }
    if text.utf8.first == UInt8(ascii: "{") { return text }
    do { return JSONRow.encode(try URLEncodedRow.decode(text)) } catch {
      throw UnreadableEvent(table: change.header.table, reason: "the event's old row does not parse: \(error)")
    }
  }

  // MARK: Kinds

  private func newKind(_ name: KindName) throws -> Kind {
    let change: RowChange
    do {
      change = try RowChange(type: name.type, table: name.table)
    } catch {
      throw UnreadableEvent(table: nil, reason: "the event is no change of a row: \(error)")
    }
    var source = change.header.table
    if options.namesTablesByExtra1, let table = name.table {
      do {
        source = try QualifiedName(unquoted: table)
      } catch {
        throw UnreadableEvent(table: nil, reason: "ev_extra1 does not name a table: \(error)")
      }
    }
    if let destination = options.tables[source] { return Kind(change: change, destination: destination) }
    switch options.rest {
    case .load: return Kind(change: change, destination: source)
    case .drop: return Kind(change: change)
    case .stop: throw UnreadableEvent(table: source, reason: "the event's table is not among those to be loaded")
    }
  }

  private func isIgnored(_ operation: ChangeOperation) -> Bool {
    switch operation {
    case .delete: options.ignoresDeletes
    case .truncate: options.ignoresTruncates || options.mode == .log
    default: false
    }
  }

  private mutating func stagedType(_ kind: inout Kind, _ place: QualifiedName, _ key: [String]) throws -> String {
    let name = TypeName(table: place, key: key)
    if let known = kind.types[name] { return known }
    var header = ChangeHeader(operation: kind.change.header.operation, table: place, key: key)
    switch (options.mode, header.operation) {
    case (.log, _):
      header.operation = .insert
      header.key = []
    case (.latest, .insert):
      // A row of the key may be there.
      header.operation = .update
    default: break
    }
    if header.operation == .update, header.key.isEmpty {
      throw UnreadableEvent(table: kind.change.header.table, reason: "a row was changed but the event names no key")
    }
    kind.types[name] = header.text
    return header.text
  }

  // MARK: Columns

  /// Whether the event's data must be taken apart; else the server reads it.
  private func mustRead(_ change: RowChange, _ table: LoadTable) -> Bool {
    if change.format != .json || options.parksBadEvents || options.mode == .log { return true }
    if case .column = options.partitions?.time { return true }
    return false
  }

  /// The key for events that name none: that of the table, if the row has it.
  private func usableKey(_ table: LoadTable, _ change: RowChange, _ columns: [ColumnValue]?) -> [String] {
    guard options.mode == .latest || change.format == .partialSQL, let columns else { return [] }
    let key = table.shape.primaryKey
    return key.allSatisfy { name in columns.contains { $0.name == name } } ? key : []
  }

  private func addEventColumns(
    _ columns: inout [ColumnValue]?, _ event: QueueEvent, _ operation: ChangeOperation, _ table: LoadTable
  ) throws {
    guard var list = columns else { return }
    let known = Set(list.map(\.name))
    for column in table.shape.columns where !known.contains(column.name) {
      switch column.name {
      case "ev_id": list.append(ColumnValue(column.name, String(try event.id)))
      case "ev_time": list.append(ColumnValue(column.name, try event.time))
      case "ev_txid": list.append(ColumnValue(column.name, String(try event.transactionID)))
      case "ev_op": list.append(ColumnValue(column.name, String(operation.letter)))
      case "ev_table": list.append(ColumnValue(column.name, try event.extra1))
      default: break
      }
    }
    columns = list
  }

  // MARK: Partitions

  /// The table that the row belongs into: the table itself, or the partition where the server does not find it.
  private mutating func partition(
    _ table: LoadTable, _ operation: ChangeOperation, _ columns: [ColumnValue]?, key: [String], _ event: QueueEvent
  ) throws -> QualifiedName {
    guard let scheme = options.partitions else { return table.name }
    let isDeclarative = table.shape.isPartitioned
    guard operation != .truncate else {
      if isDeclarative { return table.name }
      throw UnreadableEvent(
        table: table.name, reason: "a TRUNCATE of the source cannot be brought into single partitions")
    }
    try PartitionRules.check(table, scheme, options, operation: operation, key: key)
    if case .column(let name) = scheme.time, isDeclarative, operation != .insert {
      // The server finds the rows to be changed by itself in a partitioned table.
      guard columns?.contains(where: { $0.name == name }) == true else { return table.name }
    }
    let start = try periodStart(scheme, table, columns, event)
    let need = PartitionNeed(table: table.name, start: start)
    if operation != .delete || !isDeclarative { partitions.insert(need) }
    return isDeclarative ? table.name : try scheme.name(of: table.name, start)
  }

  private func periodStart(
    _ scheme: PartitionScheme, _ table: LoadTable, _ columns: [ColumnValue]?, _ event: QueueEvent
  ) throws -> CalendarHour {
    var time: CalendarHour?
    switch scheme.time {
    case .column(let name):
      guard let text = columns?.first(where: { $0.name == name })?.value else {
        throw UnreadableEvent(
          table: table.name, reason: "the event has no value of \"\(name)\", which tells the partition")
      }
      time = CalendarHour(parsing: text)
    case .event: time = CalendarHour(parsing: try event.time)
    case .batch: time = batchTime
    }
    guard let time else {
      throw UnreadableEvent(
        table: table.name, reason: "the value that tells the partition is no date of the form 2020-02-03 04:05:06")
    }
    return scheme.period.start(of: time)
  }

  /// The table that inherits and has the row of an old key; `nil` where the key does not tell, or need not.
  private mutating func partition(
    ofOldKey old: String, _ table: LoadTable, _ event: QueueEvent
  ) throws -> QualifiedName? {
    guard let scheme = options.partitions, case .column(let name) = scheme.time, !table.shape.isPartitioned,
      let columns = try? JSONRow.decode(old), columns.contains(where: { $0.name == name })
    else { return nil }
    let need = PartitionNeed(table: table.name, start: try periodStart(scheme, table, columns, event))
    partitions.insert(need)
    return try scheme.name(of: table.name, need.start)
  }
}

/// An event that nothing can be made of; nothing else is wrong.
struct UnreadableEvent: Error {
  var table: QualifiedName?
  var reason: String
}
