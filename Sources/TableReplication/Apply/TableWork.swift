import EventFormats

/// What one batch does to one table, decided from its groups alone.
struct TableWork: Sendable, Equatable {
  /// How the rows get in.
  enum Method: Sendable, Equatable {
    /// Only new rows: they are inserted as they are.
    case insert
    /// The last state of every key counts; what happened in between is left out.
    case net
  }

  /// The table as the source names it.
  var table: QualifiedName
  /// The key columns.
  var key: [String]
  var groups: [StagedGroup]
  var method: Method
  /// The last TRUNCATE: events before it are void.
  var truncatedAt: Int64?

  /// Sorts the groups of a batch by table, tables in the order of their first event.
  ///
  /// - Throws: ``ApplyError`` for changes of rows in a table without key.
  static func plan(_ groups: [StagedGroup]) throws -> [TableWork] {
    var byTable: [QualifiedName: [StagedGroup]] = [:]
    for group in groups { byTable[group.header.table, default: []].append(group) }
    return try byTable.map { try TableWork(table: $0.key, groups: $0.value) }
      .sorted { $0.firstEvent < $1.firstEvent }
  }

  private init(table: QualifiedName, groups: [StagedGroup]) throws {
    self.table = table
    self.groups = groups.filter { $0.header.operation != .truncate }.sorted { $0.firstEvent < $1.firstEvent }
    let truncate = groups.filter { $0.header.operation == .truncate }.map(\.lastEvent).max()
    truncatedAt = truncate
    self.groups.removeAll { group in truncate.map { group.lastEvent < $0 } ?? false }
    let keys = Set(self.groups.map(\.header.key))
    key = self.groups.last?.header.key ?? []
    let isInsertOnly = self.groups.allSatisfy { $0.header.operation == .insert }
    method = isInsertOnly ? .insert : .net
    guard isInsertOnly || (!key.isEmpty && keys.count == 1) else {
      let last = self.groups.last
      throw ApplyError(
        table: table, event: last?.lastEvent,
        reason: keys.count > 1
          ? "the key columns of the captured table changed within one batch"
          : "a row was changed but the captured table has no key",
        remedy: keys.count > 1
          ? "apply this batch row by row" : "give the table a primary key, or capture it with --key")
    }
  }

  /// The first event of the work.
  var firstEvent: Int64 { groups.map(\.firstEvent).min() ?? truncatedAt ?? 0 }

  /// The first and the last transaction that made the events; `nil` if that is not known.
  var transactions: ClosedRange<Int64>? {
    let ranges = groups.compactMap(\.transactions)
    guard ranges.count == groups.count, let first = ranges.map(\.lowerBound).min(),
      let last = ranges.map(\.upperBound).max()
    else { return nil }
    return first...last
  }

  /// Types of events that bring a row's new state.
  var presentTypes: [String] { types { $0 != .delete } }
  /// Types of events that say a row is gone.
  var deletedTypes: [String] { types { $0 == .delete } }
  /// Whether the table is only emptied.
  var isEmpty: Bool { groups.isEmpty }
  /// Whether rows may have to go.
  var deletes: Bool { method == .net && (!deletedTypes.isEmpty || hasKeyChanges) }
  /// Whether some event changed a key.
  var hasKeyChanges: Bool { groups.contains { $0.keyChanges > 0 } }

  private func types(_ isWanted: (ChangeOperation) -> Bool) -> [String] {
    groups.filter { isWanted($0.header.operation) }.map(\.type)
  }
}
