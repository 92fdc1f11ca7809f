import EventFormats
import EventQueue
package import PostgresClient
import TableStructure

/// Applies events to the tables of one target, each time as part of the transaction that is open there, and remembers between
/// transactions what the tables look like.
package actor TableApplier {
  let target: PostgresConnection
  private let checksForeignKeys: Bool
  private var metrics: ChangeMetrics
  private var tables: [QualifiedName: TableShape] = [:]
  private var statements: [QualifiedName: TableStatements] = [:]
  /// Temporary tables that are there, and those of the open transaction.
  private var madeNets: Set<String> = [], freshNets: Set<String> = []
  private var netCount = 0
  private var hasStage = false, hasFreshStage = false
  /// What is being applied, and what the open transaction applied.
  private var groups: [StagedGroup] = [], appliedGroups: [StagedGroup] = []
  private let mark = ApplyMark()
  let slices: BatchSlice.Limit
  private var conflicts: ConflictFilter?
  private var metConflicts: [Conflict] = []

  /// - Parameter checksForeignKeys: whether foreign keys and triggers of the target fire for what is applied.
  package init(
    target: PostgresConnection, checksForeignKeys: Bool, queue: String, consumer: String,
    slices: BatchSlice.Limit = BatchSlice.Limit()
  ) {
    self.slices = slices
    self.target = target
    self.checksForeignKeys = checksForeignKeys
    metrics = ChangeMetrics(queue: queue, consumer: consumer)
  }

  /// Makes the applier look for conflicts; `nil`: nobody looks.
  func decide(by filter: ConflictFilter?) { conflicts = filter }

  /// How events are applied. Each way is slower than the one before and takes more.
  package enum Way: Sendable {
    /// Many events: rows go from the source straight into each table.
    case streamed
    /// Events go into a staging table first; tables with only new rows get them as they are.
    case staged
    /// As `staged`, but new rows may meet rows of the same key.
    case merged
    /// One event after another, in order; finds the event at fault.
    case sequential

    /// The ways to be tried in turn, each in a transaction of its own: the next one when one failed because of the rows.
    package static func all(streaming: Bool) -> [Way] {
      streaming ? [.streamed, .merged, .sequential] : [.staged, .merged, .sequential]
    }

    /// From how many events on rows are streamed.
    package static let streamedEvents = 2000
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

  /// Events to apply, and what is known of them.
  struct Work: Sendable {
    /// The events that its query returns.
    var batch: EventBatch
    /// Whether they are in the target's database, where its query is run, instead of the source's.
    var isInTarget = false
    /// Stages the events; without one they are captured changes of the target's own tables.
    var feed: LoadFeed?
    /// Beside what the feed stages: captured changes of the target's own tables.
    var besides: EventBatch?
    /// Whether the feed puts events aside that cannot be applied.
    var parksBadEvents = false
    /// What kinds of events it returns; `nil`: to be found out.
    var groups: [StagedGroup]?
    /// Tables that were filled by a copy, by the names in ev_extra1, and what it saw of the source.
    var copied: [(table: String, snapshot: String)] = []

    init(_ batch: EventBatch) { self.batch = batch }
  }

  /// Applies events as part of the open transaction. When this throws, the transaction must be rolled back and
  /// ``rolledBack()`` be called.
  ///
  /// - Throws: ``ApplyError``; `PostgresError`.
  func apply(_ work: Work, from source: PostgresConnection, _ way: Way) async throws -> TransferOutcome {
    if checksForeignKeys {
      try await target.execute("set constraints all deferred")
      try await mark.begin(target)
    }
    groups = []
    defer { appliedGroups += groups }
    if way == .streamed, work.feed == nil, !work.isInTarget, conflicts == nil,
      let streamed = try await stream(work, from: source)
    {
      return streamed
    }
    if !hasStage {
      try await target.execute(Staging.create)
      hasFreshStage = true
    }
    let fill = try await stage(work, from: source, inOrder: way == .sequential)
    var outcome = TransferOutcome(events: fill.events, leftOut: fill.leftOut)
    guard fill.staged > 0 else {
      outcome.rows += try await work.feed?.complete() ?? 0
      return outcome
    }
    for copied in work.copied { try await target.query(Staging.drop(copied.table, seenBy: copied.snapshot)) }
    groups = try await Staging.groups(target)
    try await settleConflicts()
    outcome.rows =
      try await way == .sequential || fill.isIrregular
      ? sequential(work, source).applyAll() : applySets(merging: way == .merged)
    outcome.rows += try await work.feed?.complete() ?? 0
    return outcome
  }

  /// Takes note of what is being applied.
  func take(_ groups: [StagedGroup]) { self.groups = groups }

  /// Takes changes that lose a conflict out of the staged ones.
  private func settleConflicts() async throws {
    guard let conflicts else { return }
    let met = try await conflicts.settle(groups, shape: shapeReader())
    metConflicts += met
    if !met.isEmpty { groups = try await Staging.groups(target) }
  }

  /// Prepares for further events in the same transaction, between which the tables may have changed.
  func beginAnew() async throws {
    forgetStructure()
    if hasStage || hasFreshStage { try await target.execute("delete from \(Staging.table)") }
    if checksForeignKeys { try await target.execute("set constraints all immediate") }
  }

  /// To be told that the transaction was committed.
  func committed() {
    madeNets.formUnion(freshNets)
    freshNets = []
    hasStage = hasStage || hasFreshStage
    hasFreshStage = false
    metrics.count(appliedGroups)
    metrics.count(metConflicts)
    appliedGroups = []
    metConflicts = []
  }

  /// To be told that the transaction was rolled back: tables may have changed.
  func rolledBack() async {
    metConflicts = []
    await conflicts?.rolledBack()
    freshNets = []
    hasFreshStage = false
    appliedGroups = []
    forgetStructure()
  }

  /// Temporary tables up to which they are kept for later batches; partitions by date would add to them for ever.
  private static let mostNets = 200

  /// Drops temporary tables, if there are many. Not in a transaction.
  func dropNets() async throws {
    guard madeNets.count > Self.mostNets else { return }
    try await target.execute("drop table if exists \(madeNets.map { "pg_temp.\($0)" }.joined(separator: ", "))")
    madeNets = []
    forgetStructure()
  }

  private func stage(_ work: Work, from source: PostgresConnection, inOrder: Bool) async throws -> Fill {
    var fill = Fill()
    if let feed = work.feed { fill = try await feed.fill(work.batch, source, target) }
    guard let plain = work.feed == nil ? work.batch : work.besides else { return fill }
    let events = try await Staging.fill(
      target, from: work.isInTarget ? nil : source, plain, inOrder: inOrder, withBefore: conflicts != nil)
    fill.events += events
    fill.staged += events
    return fill
  }

  private func sequential(_ work: Work, _ source: PostgresConnection) -> SequentialApply {
    var apply = SequentialApply(target: target, tables: shapeReader())
    if work.parksBadEvents, let feed = work.feed {
      apply.park = { [target] event, reason in
        try await feed.reject([event: reason], of: work.batch, source, target)
      }
    }
    return apply
  }

  // MARK: The whole batch at once

  private func applySets(merging: Bool) async throws -> Int {
    var works = try TableWork.plan(groups)
    for index in works.indices where merging && !works[index].key.isEmpty { works[index].method = .net }
    let plans = try await plan(works, target, in: Staging.table)
    try await truncate(plans)
    return try await execute(plans) { [target] work, sql in
      if work.method == .insert {
        let query = PostgresQuery(sql.insertAll, [work.presentTypes, work.truncatedAt ?? -1])
        return try await target.query(query.prepared()).affectedRows
      }
      let query = PostgresQuery(
        sql.fillNet(withKeyChanges: work.hasKeyChanges),
        [work.presentTypes, work.deletedTypes, work.truncatedAt ?? -1])
      return try await target.query(query.prepared()).affectedRows
    }
  }

  /// What is to be done to one table. Without `sql` it is only emptied.
  struct Plan: Sendable {
    var work: TableWork
    var shape: TableShape
    var sql: TableStatements?
  }

  /// Empties tables whose TRUNCATE is among the events.
  func truncate(_ plans: [Plan]) async throws {
    let truncated = plans.filter { $0.work.truncatedAt != nil }.map(\.shape.ownRows)
    if !truncated.isEmpty { try await target.execute("truncate \(truncated.joined(separator: ", "))") }
  }

  /// Referenced tables first.
  static func ordered(_ plans: [Plan]) -> [Plan] {
    let order = ReferenceOrder.sort(plans.map(\.shape))
    let rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    return plans.filter { $0.sql != nil }.sorted { (rank[$0.shape.oid] ?? 0) < (rank[$1.shape.oid] ?? 0) }
  }

  /// Brings all tables up to date.
  ///
  /// - Parameters:
  ///   - isFurther: whether it goes on after another part of the same transaction.
  ///   - load: puts the rows of a table into the table itself (method `insert`) or into its net table; returns
  ///     their number. It is called for the net tables first, each time referenced tables first.
  func execute(
    _ plans: [Plan], isFurther: Bool = false, load: (TableWork, TableStatements) async throws -> Int
  ) async throws -> Int {
    // Referenced tables first for new rows, last for deletions: foreign keys hold although they may be checked here.
    // Where they are, deletions come after: a row that goes may be referred to until the row that refers to it changes.
    let sorted = Self.ordered(plans)
    var rows = 0
    var sizes: [String: Int] = [:]
    for case (let work, let sql?) in sorted.map({ ($0.work, $0.sql) }) where work.method == .net {
      let isNew = !madeNets.contains(sql.net) && freshNets.insert(sql.net).inserted
      if isNew {
        try await target.execute(sql.createNet)
      } else if isFurther {
        try await target.execute("truncate pg_temp.\(sql.net)")
      }
      let size = try await load(work, sql)
      sizes[sql.net] = size
      // Without statistics the planner takes a large temporary table for a small one. Those of one part do for the next.
      if size > Self.smallNet, isNew || !isFurther { try await target.execute("analyze \(sql.net)") }
    }
    if !checksForeignKeys { rows += try await deleteGone(sorted, sizes) }
    for case (let work, let sql?) in sorted.map({ ($0.work, $0.sql) }) {
      rows += try await work.method == .insert ? load(work, sql) : writePresent(sql, work, sizes[sql.net] ?? 0)
    }
    if checksForeignKeys { rows += try await deleteGone(sorted, sizes) }
    return rows
  }

  /// Rows of a temporary table up to which a plan that was made for few rows is right.
  private static let smallNet = 5000

  /// A statement over a temporary table: of many rows it is planned anew, and the plan not kept for few.
  private func query(_ sql: String, over size: Int) -> PostgresQuery {
    size > Self.smallNet ? PostgresQuery(sql) : PostgresQuery(sql).prepared()
  }

  private func deleteGone(_ sorted: [Plan], _ sizes: [String: Int]) async throws -> Int {
    var rows = 0
    for case (let work, let sql?) in sorted.reversed().map({ ($0.work, $0.sql) })
    where work.deletes && sizes[sql.net] ?? 0 > 0 {
      rows += try await target.query(query(sql.deleteGone, over: sizes[sql.net] ?? 0)).affectedRows
    }
    return rows
  }

  private func writePresent(_ sql: TableStatements, _ work: TableWork, _ size: Int) async throws -> Int {
    var present = size
    if work.deletes {
      present = try await target.query(query(sql.countPresent, over: size)).first?.decode(0, as: Int.self) ?? 0
    }
    guard present > 0 else { return 0 }
    var written = 0
    do {
      written = try await target.savepoint { target in
        var written = 0
        if let update = sql.updatePresent { written = try await target.query(query(update, over: size)).affectedRows }
        if written < present { written += try await target.query(query(sql.insertMissing, over: size)).affectedRows }
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
  func plan(
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
}
