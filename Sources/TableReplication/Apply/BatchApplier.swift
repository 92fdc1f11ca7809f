import EventFormats
package import EventQueue
package import Logging
package import PostgresClient
import TableStructure

/// Applies batches to the tables of one target, each in one transaction together with the position.
package actor BatchApplier {
  /// Whom the batches come from and under which name they are applied.
  package struct Identity: Sendable {
    package var origin: String
    package var queue: String
    package var consumer: String
    package var lease: Int64
  }

  /// What a batch came to.
  package struct Outcome: Sendable, Equatable {
    /// Events of the batch, and rows that were written for them.
    package var events = 0, rows = 0
    /// Whether the batch had been applied before.
    package var wasApplied = false
  }

  private let target: PostgresConnection
  private let identity: Identity
  private let checksForeignKeys: Bool
  private let logger: Logger
  private var tables: [QualifiedName: TableShape] = [:]
  private var statements: [QualifiedName: TableStatements] = [:]
  private var madeNets: Set<String> = []
  private var netCount = 0
  private var hasCopiedTables = true

  package init(target: PostgresConnection, identity: Identity, checksForeignKeys: Bool, logger: Logger) {
    self.target = target
    self.identity = identity
    self.checksForeignKeys = checksForeignKeys
    self.logger = logger
  }

  /// Applies a batch, reading its events from `source`. When this throws, nothing of the batch is in the target.
  ///
  /// First all at once; if that meets a conflict inside the batch, event by event, which also finds the event at fault.
  ///
  /// - Throws: ``ApplyError``; `PostgresError` for lost connections, leases and everything that may pass by itself.
  package func apply(_ batch: EventBatch, from source: PostgresConnection) async throws -> Outcome {
    do {
      return try await attempt(batch, from: source, eventByEvent: false)
    } catch let error as PostgresError where error.code == .server && Self.isAboutRows(error) {
      logger.info(
        "set-based apply met a conflict, going event by event",
        metadata: ["tick": "\(batch.currentTick)", "error": "\(error)"])
    } catch let error as ApplyError where error.cause == nil {
      logger.info("going event by event", metadata: ["tick": "\(batch.currentTick)", "reason": "\(error)"])
    }
    forgetStructure()
    do {
      return try await attempt(batch, from: source, eventByEvent: true)
    } catch var error as ApplyError {
      error.queue = identity.queue
      error.ticks = (batch.previousTick, batch.currentTick)
      throw error
    }
  }

  /// Classes 21, 22, 23, 42 and P0 speak about the data, the schema or a trigger; the rest about the server.
  private static func isAboutRows(_ error: PostgresError) -> Bool {
    guard let state = error.sqlState else { return false }
    return ["21", "22", "23", "42", "P0", "0A", "27", "44"].contains(state.errorClass)
  }

  private func attempt(
    _ batch: EventBatch, from source: PostgresConnection, eventByEvent: Bool
  ) async throws -> Outcome {
    let netsBefore = madeNets
    do {
      return try await target.transaction { target in
        let position: PostgresQuery = """
          select trunkline.advance_position(\(identity.origin)::uuid, \(identity.queue), \(identity.consumer),
            \(identity.lease), \(batch.previousTick), \(batch.currentTick))
          """
        guard try await target.query(position.prepared()).first?.decode(0, as: Bool.self) == true else {
          return Outcome(wasApplied: true)
        }
        if checksForeignKeys { try await target.execute("set constraints all deferred") }
        try await target.execute(Staging.create)
        var outcome = Outcome()
        outcome.events = try await Staging.fill(target, from: source, batch)
        guard outcome.events > 0 else { return outcome }
        try await dropCopied()
        if eventByEvent {
          outcome.rows = try await SequentialApply(target: target, tables: shapeReader()).applyAll()
        } else {
          outcome.rows = try await applySets()
        }
        try await count(outcome)
        return outcome
      }
    } catch {
      madeNets = netsBefore
      forgetStructure()
      throw error
    }
  }

  // MARK: The whole batch at once

  private func applySets() async throws -> Int {
    let works = try TableWork.plan(try await Staging.groups(target))
    var prepared: [(work: TableWork, sql: TableStatements)] = []
    var truncated: [QualifiedName] = []
    for work in works {
      let shape = try await shape(of: work.table)
      if work.truncatedAt != nil { truncated.append(shape.name) }
      guard !work.groups.isEmpty else { continue }
      let sql = try await statements(for: work, shape)
      prepared.append((work, sql))
    }
    if !truncated.isEmpty {
      try await target.execute("truncate \(truncated.map(\.quoted).joined(separator: ", "))")
    }
    // Referenced tables first for new rows, last for deletions: foreign keys hold although they may be checked here.
    let order = ReferenceOrder.sort(prepared.map(\.sql.table))
    let rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    prepared.sort { (rank[$0.sql.table.oid] ?? 0) < (rank[$1.sql.table.oid] ?? 0) }
    var rows = 0
    for (work, sql) in prepared where work.method == .net { try await fill(work, sql) }
    for (work, sql) in prepared.reversed() where work.method == .net {
      rows += try await target.query(PostgresQuery(sql.deleteGone)).affectedRows
    }
    for (work, sql) in prepared { rows += try await write(work, sql) }
    return rows
  }

  private func fill(_ work: TableWork, _ sql: TableStatements) async throws {
    if madeNets.insert(sql.net).inserted { try await target.execute(sql.createNet) }
    let query = PostgresQuery(
      sql.fillNet(withKeyChanges: work.hasKeyChanges), [work.presentTypes, work.deletedTypes, work.truncatedAt ?? -1])
    let filled = try await target.query(query).affectedRows
    // Without statistics the planner takes a large temporary table for a small one.
    if filled > 5000 { try await target.execute("analyze \(sql.net)") }
  }

  private func write(_ work: TableWork, _ sql: TableStatements) async throws -> Int {
    if work.method == .insert {
      let query = PostgresQuery(sql.insertAll, [work.presentTypes, work.truncatedAt ?? -1])
      return try await target.query(query).affectedRows
    }
    let present = try await target.query(PostgresQuery(sql.countPresent)).first?.decode(0, as: Int.self) ?? 0
    guard present > 0 else { return 0 }
    do {
      return try await target.savepoint { _ in
        var written = 0
        if let update = sql.updatePresent { written = try await target.query(PostgresQuery(update)).affectedRows }
        if written < present { written += try await target.query(PostgresQuery(sql.insertMissing)).affectedRows }
        return written
      }
    } catch let error as PostgresError where error.sqlState == .uniqueViolation {
      // Rows may have swapped unique values: with all of them out of the way first, any order of insertion is right.
      try await target.execute(sql.deleteTouched)
      return try await target.query(PostgresQuery(sql.insertPresent)).affectedRows
    }
  }

  // MARK: What is remembered between batches

  private func statements(for work: TableWork, _ shape: TableShape) async throws -> TableStatements {
    var payload: [String] = []
    for group in work.groups {
      for event in Set([group.firstEvent, group.lastEvent]) {
        let columns = try await Staging.columns(of: event, table: shape.name, target)
        if payload.isEmpty { payload = columns }
        guard columns == payload else {
          throw ApplyError(
            table: shape.name, event: event, reason: "the captured columns changed within the batch",
            remedy: "it is applied event by event")
        }
      }
    }
    let known = statements[work.table]
    let fresh = try TableStatements(table: shape, payload: payload, key: work.key, number: netCount + 1)
    if let known, known.table == fresh.table, known.columns == fresh.columns, known.key == fresh.key { return known }
    netCount += 1
    statements[work.table] = fresh
    return fresh
  }

  private func shape(of name: QualifiedName) async throws -> TableShape {
    if let known = tables[name] { return known }
    guard let shape = try await TableShape.read(name, target) else {
      throw ApplyError(
        table: name, reason: "the target has no such table", remedy: "create it, or stop capturing it")
    }
    tables[name] = shape
    return shape
  }

  private func shapeReader() -> @Sendable (QualifiedName) async throws -> TableShape {
    { try await self.shape(of: $0) }
  }

  private func forgetStructure() {
    tables = [:]
    statements = [:]
  }

  // MARK: Book-keeping

  private func dropCopied() async throws {
    guard hasCopiedTables else { return }
    let copied = try await target.query(
      """
      select count(*) from trunkline.copied_table
      where origin_id = \(identity.origin)::uuid and queue_name = \(identity.queue)
        and consumer_name = \(identity.consumer)
      """)
    hasCopiedTables = try copied.first?.decode(0, as: Int.self) ?? 0 > 0
    guard hasCopiedTables else { return }
    try await target.query(PostgresQuery(Staging.dropCopied.sql, [identity.origin, identity.queue, identity.consumer]))
  }

  private func count(_ outcome: Outcome) async throws {
    let query: PostgresQuery = """
      update trunkline.position set events = events + \(outcome.events)
      where origin_id = \(identity.origin)::uuid and queue_name = \(identity.queue)
        and consumer_name = \(identity.consumer)
      """
    try await target.query(query.prepared())
  }
}
