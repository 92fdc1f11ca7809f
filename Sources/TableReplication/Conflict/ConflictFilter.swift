import EventFormats
import Logging
import PostgresClient
import TableStructure

/// Looks for conflicts between a batch's staged events and the tables, decides them by their policies, and takes what lost
/// out of the staging table, before the events are applied in whatever way.
actor ConflictFilter {
  private let policies: ConflictPolicies
  private let place: ApplyPlace
  private let logger: Logger
  private var statements: [QualifiedName: ConflictStatements] = [:]
  private var made: Set<String> = []
  private var number = 0

  init(_ policies: ConflictPolicies, _ place: ApplyPlace, _ logger: Logger) {
    self.policies = policies
    self.place = place
    self.logger = logger
  }

  /// To be told that a batch failed.
  func rolledBack() {
    made = []
    statements = [:]
  }

  /// Decides the conflicts of the tables that have a policy.
  ///
  /// - Parameter shape: what a table of the target looks like.
  /// - Returns: what was found.
  /// - Throws: ``ApplyError``, final for the policy `error`; `PostgresError` for what may pass by itself.
  func settle(
    _ groups: [StagedGroup], shape: @Sendable (QualifiedName) async throws -> TableShape
  ) async throws -> [Conflict] {
    var found: [Conflict] = []
    for (table, groups) in Dictionary(grouping: groups, by: \.header.table).sorted(by: { $0.key.quoted < $1.key.quoted }
    ) {
      guard let policy = policies[table] else { continue }
      // Whatever is there goes with a TRUNCATE; nothing can be in its way.
      guard !groups.contains(where: { $0.header.operation == .truncate }) else { continue }
      guard let key = groups.max(by: { $0.lastEvent < $1.lastEvent })?.header.key, !key.isEmpty else { continue }
      let work = TableEvents(table: table, key: key, groups: groups.filter { $0.header.key == key })
      do {
        found += try await settle(work, policy, await shape(table))
      } catch let error as PostgresError where BatchFailure.isAboutRows(error) {
        var failure = ApplyError(
          table: table, reason: "the conflicts could not be decided by \(policy): \(error.message)",
          remedy: ApplyRemedy.text(for: error), cause: error)
        failure.isFinal = true
        throw failure
      }
    }
    return found
  }

  /// A table's events in the staging table.
  private struct TableEvents {
    var table: QualifiedName
    var key: [String]
    var groups: [StagedGroup]
    func types(_ operations: ChangeOperation...) -> [String] {
      groups.filter { operations.contains($0.header.operation) }.map(\.type)
    }
    var all: [String] { groups.map(\.type) }
    var hasKeyChanges: Bool { groups.contains { $0.keyChanges > 0 } }
  }

  private var target: PostgresConnection { place.target }

  private func settle(
    _ work: TableEvents, _ policy: ConflictPolicy, _ shape: TableShape
  ) async throws -> [Conflict] {
    let sql = try await statements(work, shape)
    if made.insert(sql.keys).inserted {
      try await target.execute(sql.create)
    } else {
      // A batch can be applied in parts.
      try await target.execute("delete from \(sql.keys)")
    }
    try await target.query(
      PostgresQuery(
        sql.fill(withKeyChanges: work.hasKeyChanges), [work.types(.insert), work.types(.update), work.types(.delete)]))
    try await target.query(PostgresQuery(sql.hold))
    try await target.query(PostgresQuery(sql.detect))
    switch policy.choice {
    case .error, .overwrite: break
    case .keep: try await target.query(PostgresQuery(sql.keepAll))
    case .newest(let column):
      guard sql.sets.columns.contains(where: { $0.name == column }) else {
        throw ApplyError(
          table: work.table, event: work.groups.map(\.firstEvent).min(),
          reason: "the events or the table have no column \"\(column)\", which says what is newer",
          remedy: "capture that column, and add it to the table")
      }
      try await target.query(PostgresQuery(sql.keepNewer(by: column)))
      if let parent = policy.parent { try await target.query(PostgresQuery(sql.keepOrphansOut(parent))) }
      if !policy.alternateKey.isEmpty {
        try await target.query(PostgresQuery(sql.keepNewer(of: policy.alternateKey, by: column)))
      }
    case .function(let function):
      try await target.query(PostgresQuery(sql.ask(function), [work.table.unquoted]))
    }
    let found = try await count(sql, work)
    if policy.choice == .error, let first = found.first { throw refusal(first) }
    if !found.isEmpty {
      try await record(found)
      if policies.keepsRows(of: work.table) {
        try await target.query(
          PostgresQuery(
            sql.keepRows,
            [
              place.origin, place.queue, place.consumer, work.table.schema?.name ?? "public",
              work.table.name.name,
            ]))
      }
      try await drop(sql, work, policy)
    }
    if case .newest = policy.choice, !policy.alternateKey.isEmpty {
      try await target.query(PostgresQuery(sql.removeOlder(of: policy.alternateKey)))
    }
    return found
  }

  private func drop(_ sql: ConflictStatements, _ work: TableEvents, _ policy: ConflictPolicy) async throws {
    guard policy.choice != .overwrite else { return }
    if work.hasKeyChanges {
      while try await target.query(PostgresQuery(sql.dropLinked, [work.all])).affectedRows > 0 {}
    }
    try await target.query(PostgresQuery(sql.dropLosers, [work.all]))
    guard case .function = policy.choice else { return }
    let update = ChangeHeader(operation: .update, table: work.table, key: work.key).text
    let delete = ChangeHeader(operation: .delete, table: work.table, key: work.key).text
    try await target.query(PostgresQuery(sql.stageResults, [update, delete, work.table.unquoted]))
  }

  private func statements(_ work: TableEvents, _ shape: TableShape) async throws -> ConflictStatements {
    let telling = Set(work.groups.flatMap { [$0.firstEvent, $0.lastEvent] })
    let columns = try await Staging.columns(of: telling, target, in: Staging.table)
    var payload: [String] = []
    for event in telling.sorted() {
      for name in columns[event] ?? [] where !payload.contains(name) { payload.append(name) }
    }
    let sets = try TableStatements(table: shape, payload: payload, key: work.key, number: 0)
    if let known = statements[work.table], known.sets == sets { return known }
    number += 1
    let fresh = ConflictStatements(sets, number: number)
    statements[work.table] = fresh
    return fresh
  }

  private func count(_ sql: ConflictStatements, _ work: TableEvents) async throws -> [Conflict] {
    try await target.query(PostgresQuery(sql.count)).map { row in
      let (kind, isDropped, count, first, last) = try row.decode(
        String.self, Bool.self, Int.self, Int64.self, Int64.self)
      return Conflict(
        table: work.table, kind: kind, outcome: isDropped ? .kept : .written, count: count, firstEvent: first,
        lastEvent: last)
    }
  }

  private func refusal(_ conflict: Conflict) -> ApplyError {
    var error = ApplyError(
      table: conflict.table, event: conflict.firstEvent,
      reason:
        "\(conflict.meaning), and the table's conflict policy is error (\(conflict.count) such rows in the batch)",
      remedy: """
        make the row here what the source expects, or choose another policy (\(ConflictPolicy.forms)); then the worker goes \
        on by itself
        """)
    error.isFinal = true
    return error
  }

  private func record(_ found: [Conflict]) async throws {
    for conflict in found {
      let level: Logger.Level = conflict.outcome == .kept ? .warning : .notice
      logger.log(
        level: level, "conflicts",
        metadata: [
          "table": "\(conflict.table)", "kind": "\(conflict.kind)", "outcome": "\(conflict.outcome.rawValue)",
          "count": "\(conflict.count)", "event": "\(conflict.lastEvent)",
        ])
      try await target.query(
        """
        insert into trunkline.conflict as c (origin_id, queue_name, consumer_name, schema_name, table_name, kind, outcome,
          conflicts, last_event)
        values (\(place.origin)::uuid, \(place.queue), \(place.consumer), \(conflict.table.schema?.name ?? "public"),
          \(conflict.table.name.name), \(conflict.kind), \(conflict.outcome.rawValue), \(conflict.count),
          \(conflict.lastEvent))
        on conflict (origin_id, queue_name, consumer_name, schema_name, table_name, kind, outcome) do update
        set conflicts = c.conflicts + excluded.conflicts, last_event = excluded.last_event,
          last_time = clock_timestamp()
        """)
    }
  }
}
