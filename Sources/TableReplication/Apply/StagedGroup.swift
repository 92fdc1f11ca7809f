import EventFormats
import PostgresClient

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
  /// Bytes that their rows take as they are stored.
  var bytes: Int64 = 0
  /// The first and the last transaction that made them; `nil` if that was not asked.
  var transactions: ClosedRange<Int64>?
}

extension StagedGroup {
  /// What is asked about each kind of events.
  static let columns = """
    count(*), min(ev_id), max(ev_id), count(ev_extra3), coalesce(sum(pg_column_size(ev_data)), 0)::int8, min(ev_txid), max(ev_txid)
    """

  /// - Parameter row: the type, and ``columns``.
  /// - Throws: ``ApplyError`` for an event that is no captured change.
  init(_ row: PostgresRow) throws {
    let (type, count, first, last, changes, bytes, oldest, newest) = try row.decode(
      String?.self, Int.self, Int64.self, Int64.self, Int.self, Int64.self, Int64?.self, Int64?.self)
    try self.init(type: type ?? "", count, first, last, changes)
    self.bytes = bytes
    if let oldest, let newest { transactions = oldest...newest }
  }

  private init(type: String, _ count: Int, _ first: Int64, _ last: Int64, _ changes: Int) throws {
    let header: ChangeHeader
    do {
      header = try ChangeHeader(parsing: type)
    } catch {
      throw ApplyError(
        event: first, reason: "the event is no captured change: \(error)",
        remedy: "only captured tables may write into a queue that is applied to tables: "
          + ApplyRemedy.leaveOut(first))
    }
    self.init(
      type: type, header: header, count: count, firstEvent: first, lastEvent: last, keyChanges: changes)
  }

  /// Adds up what is known of kinds of events.
  ///
  /// - Throws: ``ApplyError`` for an event that is no captured change.
  static func adding(_ kinds: [EventKind]) throws -> [StagedGroup] {
    var groups: [String: StagedGroup] = [:]
    for kind in kinds {
      var group = try StagedGroup(type: kind.type, kind.count, kind.first, kind.last, kind.keyChanges)
      group.bytes = kind.bytes
      group.transactions = kind.transactions
      if let other = groups[kind.type] { group.add(other) }
      groups[kind.type] = group
    }
    return Array(groups.values)
  }

  private mutating func add(_ other: StagedGroup) {
    count += other.count
    firstEvent = min(firstEvent, other.firstEvent)
    lastEvent = max(lastEvent, other.lastEvent)
    keyChanges += other.keyChanges
    bytes += other.bytes
    if let mine = transactions, let its = other.transactions {
      transactions = min(mine.lowerBound, its.lowerBound)...max(mine.upperBound, its.upperBound)
    } else {
      transactions = nil
    }
  }
}
