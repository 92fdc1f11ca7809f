import EventFormats
package import EventQueue
package import Logging
package import PostgresClient
import TableStructure

/// Applies batches to the tables of one target, each in one transaction together with the position.
package actor BatchApplier {
  private let target: PostgresConnection
  private let position: TransferPosition
  private let checksForeignKeys: Bool
  private let logger: Logger
  private var tables: [QualifiedName: TableShape] = [:]
  private var statements: [QualifiedName: TableStatements] = [:]
  private var madeNets: Set<String> = []
  private var netCount = 0
  private var hasStage = false
  private var copied: [(table: String, snapshot: String)]?
  private var feed: LoadFeed?
  private var parksBadEvents = false
  private var metrics: ChangeMetrics
  /// What the batch that is being applied holds.
  private var groups: [StagedGroup] = []

  package init(position: TransferPosition, checksForeignKeys: Bool, logger: Logger) {
    self.target = position.connection
    self.position = position
    self.checksForeignKeys = checksForeignKeys
    self.logger = logger
    metrics = ChangeMetrics(queue: position.queue, consumer: position.consumer)
  }

  /// Makes the applier take its batches from a feed, which puts them into the staging table.
  func feed(from feed: LoadFeed, parksBadEvents: Bool) {
    self.feed = feed
    self.parksBadEvents = parksBadEvents
  }

  /// What a feed staged of a batch.
  struct Fill {
    /// Events of the batch, and those of them that were left out on purpose.
    var events = 0, leftOut = 0
    /// Rows of the staging table.
    var staged = 0
    /// Whether events of one kind differ in their columns: then they cannot be applied all at once.
    var isIrregular = false
  }

  /// How a batch is applied. Each way is slower than the one before and takes more.
  private enum Way {
    /// Large batches: rows go from the source straight into each table.
    case streamed
    /// Events go into a staging table first; tables with only new rows get them as they are.
    case staged
    /// As `staged`, but new rows may meet rows of the same key.
    case merged
    /// One event after another, in order; finds the event at fault.
    case sequential
  }

  /// From how many events on a batch counts as large.
  private static let largeBatch = 2000

  /// Applies a batch, reading its events from `source`. When this throws, nothing of the batch is in the target.
  ///
  /// First all at once; if that meets a conflict inside the batch, in slower ways, of which the last finds the event at
  /// fault.
  ///
  /// - Throws: ``ApplyError``; `PostgresError` for lost connections, leases and everything that may pass by itself.
  package func apply(_ batch: EventBatch, from source: PostgresConnection) async throws -> TransferOutcome {
    do {
      try await dropNets()
      return try await applySomehow(batch, from: source)
    } catch var error as ApplyError {
      error.queue = position.queue
      error.ticks = (batch.previousTick, batch.currentTick)
      throw error
    } catch let error as PostgresError where error.needsMending {
      var located = try await BatchFailure.locate(error, batch, source)
      located.queue = position.queue
      located.ticks = (batch.previousTick, batch.currentTick)
      throw located
    }
  }

  /// Temporary tables up to which they are kept for later batches; partitions by date would add to them for ever.
  private static let mostNets = 200

  private func dropNets() async throws {
    guard madeNets.count > Self.mostNets else { return }
    try await target.execute("drop table if exists \(madeNets.map { "pg_temp.\($0)" }.joined(separator: ", "))")
    madeNets = []
    forgetStructure()
  }

  private func applySomehow(_ batch: EventBatch, from source: PostgresConnection) async throws -> TransferOutcome {
    let isStreamed = feed == nil && batch.estimatedEvents >= Self.largeBatch
    let ways: [Way] = isStreamed ? [.streamed, .merged, .sequential] : [.staged, .merged, .sequential]
    for way in ways.dropLast() {
      do {
        return try await attempt(batch, from: source, way)
      } catch let error as PostgresError where BatchFailure.isAboutRows(error) {
        logger.info(
          "a conflict inside the batch, applying it another way",
          metadata: ["tick": "\(batch.currentTick)", "error": "\(error)"])
      } catch let error as ApplyError where error.cause == nil {
        logger.info(
          "applying the batch another way", metadata: ["tick": "\(batch.currentTick)", "reason": "\(error)"])
      }
    }
    return try await attempt(batch, from: source, .sequential)
  }

  private func attempt(
    _ batch: EventBatch, from source: PostgresConnection, _ way: Way
  ) async throws -> TransferOutcome {
    let netsBefore = madeNets
    groups = []
    do {
      let outcome = try await position.transaction(batch) { target in
        if checksForeignKeys { try await target.execute("set constraints all deferred") }
        if way == .streamed, let streamed = try await stream(batch, from: source) { return streamed }
        if !hasStage { try await target.execute(Staging.create) }
        let fill = try await stage(batch, from: source, inOrder: way == .sequential)
        var outcome = TransferOutcome(events: fill.events, leftOut: fill.leftOut)
        guard fill.staged > 0 else { return outcome }
        try await dropCopied()
        groups = try await Staging.groups(target)
        outcome.rows =
          try await way == .sequential || fill.isIrregular
          ? sequential(batch, source).applyAll() : applySets(merging: way == .merged)
        return outcome
      }
      guard let outcome else { return TransferOutcome(wasApplied: true) }
      hasStage = hasStage || way != .streamed
      metrics.count(groups)
      return outcome
    } catch {
      madeNets = netsBefore
      forgetStructure()
      throw error
    }
  }

  private func stage(_ batch: EventBatch, from source: PostgresConnection, inOrder: Bool) async throws -> Fill {
    if let feed { return try await feed.fill(batch, source, target) }
    let events = try await Staging.fill(target, from: source, batch, inOrder: inOrder)
    return Fill(events: events, staged: events)
  }

  private func sequential(_ batch: EventBatch, _ source: PostgresConnection) -> SequentialApply {
    var apply = SequentialApply(target: target, tables: shapeReader())
    if parksBadEvents, let feed {
      apply.park = { [target] event, reason in try await feed.reject([event: reason], of: batch, source, target) }
    }
    return apply
  }

  // MARK: Large batches

  /// Tables up to which a large batch is read once for each of them.
  private static let streamedTables = 16

  /// Applies a batch by streams of rows; `nil` when that is not possible for one of its tables.
  private func stream(_ batch: EventBatch, from source: PostgresConnection) async throws -> TransferOutcome? {
    var events = batch.unorderedSQL
    for copied in try await copiedTables() {
      events = """
        select * from (\(events)) e where ev_extra1 is distinct from \(SQLLiteral.quote(copied.table))
          or not txid_visible_in_snapshot(ev_txid, \(SQLLiteral.quote(copied.snapshot)))
        """
    }
    groups = try await Staging.groups(source, events: events)
    let works = try TableWork.plan(groups)
    guard works.count <= Self.streamedTables else { return nil }
    let plans = try await plan(works, source, in: "(\(events)) e")
    for plan in plans {
      guard let sql = plan.sql, plan.work.method == .net else { continue }
      guard sql.columns.allSatisfy({ $0.isPlain || !sql.key.contains($0.name) }) else { return nil }
    }
    let rows = try await execute(plans) { work, sql in
      let stream = RowStream(work, columns: sql.columns.map(\.name), events: events)
      if work.method == .insert {
        return try await CopyPipe.run(source, stream.inserted, self.target, sql.copyInserted)
      }
      return try await CopyPipe.run(source, stream.net, self.target, sql.copyNet)
    }
    return TransferOutcome(events: groups.map(\.count).reduce(0, +), rows: rows)
  }

  // MARK: The whole batch at once

  private func applySets(merging: Bool) async throws -> Int {
    var works = try TableWork.plan(groups)
    for index in works.indices where merging && !works[index].key.isEmpty { works[index].method = .net }
    let plans = try await plan(works, target, in: Staging.table)
    return try await execute(plans) { [target] work, sql in
      if work.method == .insert {
        let query = PostgresQuery(sql.insertAll, [work.presentTypes, work.truncatedAt ?? -1])
        return try await target.query(query).affectedRows
      }
      let query = PostgresQuery(
        sql.fillNet(withKeyChanges: work.hasKeyChanges),
        [work.presentTypes, work.deletedTypes, work.truncatedAt ?? -1])
      return try await target.query(query).affectedRows
    }
  }

  /// What is to be done to one table. Without `sql` it is only emptied.
  private struct Plan {
    var work: TableWork
    var shape: TableShape
    var sql: TableStatements?
  }

  /// Brings all tables up to date.
  ///
  /// - Parameter load: puts the rows of a table into the table itself (method `insert`) or into its net table; returns
  ///   their number.
  private func execute(
    _ plans: [Plan], load: (TableWork, TableStatements) async throws -> Int
  ) async throws -> Int {
    let truncated = plans.filter { $0.work.truncatedAt != nil }.map(\.shape.ownRows)
    if !truncated.isEmpty { try await target.execute("truncate \(truncated.joined(separator: ", "))") }
    // Referenced tables first for new rows, last for deletions: foreign keys hold although they may be checked here.
    // Where they are, deletions come after: a row that goes may be referred to until the row that refers to it changes.
    let order = ReferenceOrder.sort(plans.map(\.shape))
    let rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    let sorted = plans.filter { $0.sql != nil }.sorted { (rank[$0.shape.oid] ?? 0) < (rank[$1.shape.oid] ?? 0) }
    var rows = 0
    for case (let work, let sql?) in sorted.map({ ($0.work, $0.sql) }) where work.method == .net {
      if madeNets.insert(sql.net).inserted { try await target.execute(sql.createNet) }
      // Without statistics the planner takes a large temporary table for a small one.
      if try await load(work, sql) > 5000 { try await target.execute("analyze \(sql.net)") }
    }
    if !checksForeignKeys { rows += try await deleteGone(sorted) }
    for case (let work, let sql?) in sorted.map({ ($0.work, $0.sql) }) {
      rows += try await work.method == .insert ? load(work, sql) : writePresent(sql)
    }
    if checksForeignKeys { rows += try await deleteGone(sorted) }
    return rows
  }

  private func deleteGone(_ sorted: [Plan]) async throws -> Int {
    var rows = 0
    for case (let work, let sql?) in sorted.reversed().map({ ($0.work, $0.sql) }) where work.deletes {
      rows += try await target.query(PostgresQuery(sql.deleteGone)).affectedRows
    }
    return rows
  }

  private func writePresent(_ sql: TableStatements) async throws -> Int {
    let present = try await target.query(PostgresQuery(sql.countPresent)).first?.decode(0, as: Int.self) ?? 0
    guard present > 0 else { return 0 }
    var written = 0
    do {
      written = try await target.savepoint { target in
        var written = 0
        if let update = sql.updatePresent { written = try await target.query(PostgresQuery(update)).affectedRows }
        if written < present { written += try await target.query(PostgresQuery(sql.insertMissing)).affectedRows }
        return written
      }
    } catch let error as PostgresError
      where error.sqlState == .uniqueViolation && !checksForeignKeys && !sql.leavesColumns
    {
      // Rows may have swapped unique values: with all of them out of the way first, any order of insertion is right.
      // Not where deletions would cascade, or take along columns that the events do not have.
      try await target.execute(sql.deleteTouched)
      written = try await target.query(PostgresQuery(sql.insertPresent)).affectedRows
    }
    for query in sql.duplicates where !checksForeignKeys {
      guard try await target.query(PostgresQuery(query)).isEmpty else {
        throw ApplyError(
          table: sql.table.name, reason: "a value that is unique in the target would stand there twice",
          remedy: "it is applied event by event")
      }
    }
    return written
  }

  // MARK: What is remembered between batches

  /// Prepares the statements for every table, from the columns that its events bring.
  private func plan(
    _ works: [TableWork], _ connection: PostgresConnection, in events: String
  ) async throws -> [Plan] {
    // Columns come and go by ALTER TABLE, which no event of the table overlaps: the first and the last event tell.
    let telling = Set(works.flatMap(\.groups).flatMap { [$0.firstEvent, $0.lastEvent] })
    let columns = try await Staging.columns(of: telling, connection, in: events)
    var plans: [Plan] = []
    for work in works {
      let shape = try await shape(of: work.table)
      var plan = Plan(work: work, shape: shape)
      let payloads = Set(work.groups.flatMap { [columns[$0.firstEvent] ?? [], columns[$0.lastEvent] ?? []] })
      guard payloads.count <= 1 else {
        throw ApplyError(
          table: shape.name, event: work.firstEvent, reason: "the captured columns changed within the batch",
          remedy: "it is applied event by event")
      }
      if let payload = payloads.first {
        let sql = try statements(for: work, shape, payload)
        guard !work.hasKeyChanges || !(checksForeignKeys || sql.leavesColumns) else {
          throw ApplyError(
            table: shape.name, event: work.firstEvent,
            reason: "keys changed, and the target has more than the events say",
            remedy: "it is applied event by event")
        }
        // New rows with late unique checks go through the net, where these are made.
        if !shape.deferrableKeys.isEmpty, !work.key.isEmpty { plan.work.method = .net }
        plan.sql = sql
      }
      plans.append(plan)
    }
    return plans
  }

  private func statements(
    for work: TableWork, _ shape: TableShape, _ payload: [String]
  ) throws -> TableStatements {
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
    guard try await !copiedTables().isEmpty else { return }
    try await target.query(PostgresQuery(Staging.dropCopied.sql, [position.origin, position.queue, position.consumer]))
  }

  /// The tables that were filled by a copy, and what it saw of the source.
  private func copiedTables() async throws -> [(table: String, snapshot: String)] {
    if let known = copied { return known }
    let rows = try await target.query(
      """
      select schema_name || '.' || table_name, snapshot from trunkline.copied_table
      where origin_id = \(position.origin)::uuid and queue_name = \(position.queue)
        and consumer_name = \(position.consumer)
      """)
    let fresh = try rows.map { row in
      let (table, snapshot) = try row.decode(String.self, String.self)
      return (table: table, snapshot: snapshot)
    }
    copied = fresh
    return fresh
  }
}
