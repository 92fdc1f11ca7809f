import EventFormats
import EventQueue

/// What is done with a batch, in order: decided from what it holds and which tables are to be applied. A pure value.
struct BatchPlan: Sendable {
  /// Changes between two scripts, and the messages among them and at their end.
  struct Part: Sendable {
    /// Only events after the first and before the second are of this part; `nil`: no limit.
    var after: Int64?, before: Int64?
    /// Kinds of changes that are applied.
    var kinds: [EventKind] = []
    var messages: [SystemEvent] = []

    var count: Int { kinds.map(\.count).reduce(0, +) }
  }

  var parts: [Part]
  /// The tables by their names in the set.
  let tables: [String: AppliedTable]
  private let handled: Set<String>
  /// Events of the batch, and those of them that are about tables which are not applied here.
  var events = 0, ignored = 0
  /// Whether all events that are applied are changes in our own format, of tables with the same names here.
  var isPlain = true

  /// Plans a batch.
  ///
  /// - Parameter handled: tables by their names in the set whose handlers are asked about each event.
  /// - Throws: ``ApplyError`` for events that are neither changes nor messages, where tables are applied.
  init(_ survey: BatchSurvey, tables list: [AppliedTable], handled: Set<String> = []) throws {
    self.handled = handled
    tables = Dictionary(list.map { ($0.name, $0) }) { first, _ in first }
    events = survey.count
    var part = Part()
    parts = []
    for message in survey.messages {
      part.messages.append(message)
      guard message.divides else { continue }
      part.before = message.id
      parts.append(part)
      part = Part(after: message.id)
    }
    parts.append(part)
    for kind in survey.kinds { try add(kind) }
    parts.removeAll { $0.kinds.isEmpty && $0.messages.isEmpty }
  }

  private mutating func add(_ kind: EventKind) throws {
    if let name = kind.table, handled.contains(name), tables[name] != nil, kind.content != .system {
      place(kind, isPlain: false)
      return
    }
    switch kind.content {
    case .system: break
    case .unknown(let reason):
      guard !tables.isEmpty else {
        ignored += kind.count
        return
      }
      throw ApplyError(
        event: kind.first, reason: "the event is neither a change of a table nor a message of a node: \(reason)",
        remedy: "only captured tables may write into the queue of a set: " + ApplyRemedy.leaveOut(kind.first))
    case .change(let change):
      let name = EventKind.setName(change, kind.table)
      guard let table = tables[name] else {
        ignored += kind.count
        return
      }
      place(kind, isPlain: change.format == .json && change.header.table == table.destination)
    }
  }

  private mutating func place(_ kind: EventKind, isPlain: Bool) {
    var kind = kind
    kind.isPlain = isPlain
    if !isPlain { self.isPlain = false }
    for index in parts.indices where overlaps(parts[index], kind) { parts[index].kinds.append(kind) }
  }

  private func overlaps(_ part: Part, _ kind: EventKind) -> Bool {
    kind.last > part.after ?? .min && kind.first < part.before ?? .max
  }

  /// Whether the whole batch is applied, so that nothing need be left out of its query.
  private var takesAll: Bool {
    parts.count == 1 && parts[0].messages.isEmpty && ignored == 0 && tables.values.allSatisfy { $0.snapshot == nil }
  }

  /// What kinds of events ``selection(_:_:of:)`` leaves of a batch, where that is known.
  func exactKinds(_ part: Part) -> [EventKind]? { takesAll ? part.kinds : nil }

  /// The batch with the events only that are applied by a part: all, or those of some kinds.
  func selection(_ part: Part, _ kinds: [EventKind]? = nil, of batch: EventBatch) -> EventBatch {
    var selected = batch
    var part = part
    let isWhole = kinds == nil || kinds?.count == part.kinds.count
    if let kinds { part.kinds = kinds }
    selected.estimatedEvents = Int64(part.count)
    guard !takesAll || !isWhole else { return selected }
    let types = Set(part.kinds.map(\.type)).sorted().map(SQLLiteral.quote)
    var conditions = ["ev_type in (\(types.joined(separator: ", ")))"]
    let names = Set(part.kinds.compactMap(\.table)).sorted()
    let byName = "ev_extra1 in (\(names.map(SQLLiteral.quote).joined(separator: ", ")))"
    let hasUnnamed = part.kinds.contains { $0.table == nil }
    conditions.append(names.isEmpty ? "ev_extra1 is null" : hasUnnamed ? "(\(byName) or ev_extra1 is null)" : byName)
    if let after = part.after { conditions.append("ev_id > \(after)") }
    if let before = part.before { conditions.append("ev_id < \(before)") }
    for name in names {
      guard let snapshot = tables[name]?.snapshot else { continue }
      conditions.append(
        "not (ev_extra1 = \(SQLLiteral.quote(name)) and txid_visible_in_snapshot(ev_txid, \(SQLLiteral.quote(snapshot))))"
      )
    }
    selected.sql =
      "select * from (\(batch.unorderedSQL)) n where \(conditions.joined(separator: " and ")) order by 1"
    return selected
  }
}
