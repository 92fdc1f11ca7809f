import EventFormats
import EventQueue
import Logging
import PostgresClient
import Synchronization
import TableStructure

/// Works off the jobs of copies, several at once.
struct CopyWork: Sendable {
  let copies: [PreparedCopy]
  let owner: CopyOwner
  let options: CopyOptions
  let fence: InitialCopy.Fence
  let snapshot: TransactionSnapshot
  let observe: @Sendable (CopyEvent) -> Void
  let onComplete: @Sendable (PostgresConnection, CopyTable, String) async throws -> Void
  let connections: CopyConnections
  private let throttle: SharedThrottle?

  init(
    copies: [PreparedCopy], owner: CopyOwner, options: CopyOptions, fence: @escaping InitialCopy.Fence,
    snapshot: TransactionSnapshot, observe: @escaping @Sendable (CopyEvent) -> Void,
    onComplete: @escaping @Sendable (PostgresConnection, CopyTable, String) async throws -> Void,
    connections: CopyConnections
  ) {
    self.copies = copies
    self.owner = owner
    self.options = options
    self.fence = fence
    self.snapshot = snapshot
    self.observe = observe
    self.onComplete = onComplete
    self.connections = connections
    throttle = options.maximumRate.map(SharedThrottle.init)
  }

  private var ledger: CopyLedger { CopyLedger(owner: owner) }
  private var restore: ParkingRestore {
    var restore = ParkingRestore()
    restore.memory = options.maintenanceMemory
    restore.lockTimeout = options.lockTimeout
    restore.fence = fence
    return restore
  }

  private struct Outcome: Sendable {
    var job: CopySchedule.Job
    var objects: [ParkedObject] = []
    var rows: Int64 = 0
  }

  /// Copies all tables and builds what was parked of them.
  ///
  /// - Returns: the number of rows in them.
  /// - Throws: ``ApplyError``; `PostgresError`; `CancellationError`.
  func run(isOrdered: Bool) async throws -> Int64 {
    var schedule = CopySchedule(copies.map(\.pieces), isOrdered: isOrdered)
    var rows: Int64 = 0
    var running = 0
    var isReading = true
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      while true {
        while running < options.jobs, let job = schedule.next() {
          running += 1
          group.addTask { try await perform(job) }
        }
        guard let outcome = try await group.next() else { break }
        running -= 1
        rows += outcome.rows
        schedule.finish(outcome.job, objects: outcome.objects)
        if isReading, schedule.isCopied {
          isReading = false
          await connections.closeSources()
        }
      }
    }
    return rows
  }

  private func perform(_ job: CopySchedule.Job) async throws -> Outcome {
    let target = try await connections.takeTarget()
    var outcome = Outcome(job: job)
    let index =
      switch job {
      case .copy(let index, _), .settle(let index), .build(let index, _), .complete(let index): index
      }
    do {
      switch job {
      case .copy(_, let piece): try await move(piece, of: copies[index], target)
      case .settle: outcome.objects = try await settle(copies[index], target)
      case .build(_, let object):
        observe(.building(copies[index].table.source, object: object.name))
        try await restore.build(object, target)
      case .complete: outcome.rows = try await complete(copies[index], target)
      }
    } catch let error as PostgresError where error.needsMending {
      throw Self.located(error, copies[index].table.target)
    }
    await connections.giveBack(target)
    return outcome
  }

  // MARK: Rows

  /// What becomes of rows whose key is there already.
  private enum Meeting {
    case refused, kept, replaced
  }

  private func move(_ piece: CopyPiece, of copy: PreparedCopy, _ target: PostgresConnection) async throws {
    do {
      try await move(piece, of: copy, meeting: copy.isMerged ? .kept : .refused, target)
    } catch let error as PostgresError
      where error.sqlState == .uniqueViolation && copy.appends && !copy.shape.primaryKey.isEmpty
    {
      try await move(piece, of: copy, meeting: .replaced, target)
    }
  }

  private func move(
    _ piece: CopyPiece, of copy: PreparedCopy, meeting: Meeting, _ target: PostgresConnection
  ) async throws {
    let source = try await connections.takeSource()
    let from = piece.relation == copy.sourceShape.name ? copy.sourceShape.ownRows : "only \(piece.relation.quoted)"
    let list = copy.columns.list
    let query = piece.query(columns: copy.columns.selection, from: from, where: copy.table.wanted)
    let bytes = Atomic<Int64>(0)
    let rows = try await target.transaction { target in
      try await fence(target)
      // ONLY: children by inheritance are tables of their own. A partitioned table has its rows in its partitions.
      let into = meeting == .refused ? copy.shape.name.quoted : "pg_temp.trunkline_copy"
      if meeting != .refused {
        try await target.execute(
          "create temporary table trunkline_copy on commit drop as select \(list) from \(copy.shape.name.quoted) limit 0"
        )
      }
      var rows = try await CopyPipe.run(
        source, "copy (\(query)) to stdout", target, "copy \(into) (\(list)) from stdin",
        rewrite: copy.table.rule?.rewriting(copy.columns.names)
      ) { count in
        try await throttle?.pass(count)
        bytes.add(Int64(count), ordering: .relaxed)
        observe(.moved(copy.table.source, bytes: count))
      }
      if meeting != .refused { rows = try await merge(copy, meeting, target) }
      try await ledger.finish(
        piece, of: copy.table, rows: rows, bytes: bytes.load(ordering: .relaxed), snapshot, target)
      if copy.pieces.count == 1 { try await ledger.settle(copy.table, target) }
      return rows
    }
    await connections.giveBackSource(source)
    observe(
      .copied(
        copy.table.source, rows: rows, bytes: bytes.load(ordering: .relaxed), estimate: piece.bytes))
  }

  /// Brings rows from the temporary table into the target.
  private func merge(_ copy: PreparedCopy, _ meeting: Meeting, _ target: PostgresConnection) async throws -> Int {
    let (list, table) = (copy.columns.list, copy.shape.name.quoted)
    let overriding = copy.shape.columns.contains(where: \.isIdentityAlways) ? " overriding system value" : ""
    var onConflict = "do nothing"
    if meeting == .replaced {
      let key = copy.shape.primaryKey.map(SQLIdentifier.quote)
      let met = try await target.query(
        """
        select count(*) from pg_temp.trunkline_copy n where exists (
          select 1 from \(raw: table) t where \(raw: key.map { "t.\($0) = n.\($0)" }.joined(separator: " and ")))
        """
      ).first?.decode(0, as: Int.self)
      if let met, met > 0 {
        let what = "of an earlier copy, or of another source, if keys overlap"
        observe(.warning(copy.table.source, "\(met) rows replace others with the same key: \(what)"))
      }
      let others = copy.columns.names.map(SQLIdentifier.quote).filter { !key.contains($0) }
      if !others.isEmpty {
        let assignments = others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        onConflict = "(\(key.joined(separator: ", "))) do update set \(assignments)"
      }
    }
    return try await target.execute(
      """
      insert into \(table) (\(list))\(overriding) select \(list) from pg_temp.trunkline_copy on conflict \(onConflict)
      """
    ).affectedRows
  }

  // MARK: What was parked

  /// Everything of a table that can be put back now.
  private func parked(_ copy: PreparedCopy, _ target: PostgresConnection) async throws -> [ParkedObject] {
    try await ParkingLot.list(of: owner, target).filter { object in
      object.table == copy.shape.name && object.kind != .foreignKey
        && !(copy.isMixed && object.needsConsistentRows)
    }
  }

  private func settle(_ copy: PreparedCopy, _ target: PostgresConnection) async throws -> [ParkedObject] {
    let objects = try await parked(copy, target)
    let hasNoKey = objects.contains { $0.kind == .primaryKey && !$0.isBuilt }
    try await target.transaction { target in
      try await fence(target)
      if copy.isMixed, hasNoKey { try await removeDuplicates(copy, target) }
      try await ledger.settle(copy.table, target)
    }
    return objects.filter { $0.build != nil && !$0.isBuilt }
  }

  /// Removes rows that came twice, as they moved to other blocks between two snapshots. Which one stays does not matter:
  /// what changed between the snapshots is applied again.
  private func removeDuplicates(_ copy: PreparedCopy, _ target: PostgresConnection) async throws {
    let key = copy.sourceShape.primaryKey.map(SQLIdentifier.quote).joined(separator: ", ")
    guard !key.isEmpty else { return }
    try await target.execute(
      """
      delete from \(copy.shape.ownRows) where ctid = any (array(
        select d.ctid from (
          select ctid, row_number() over (partition by \(key) order by ctid desc) as number
          from \(copy.shape.ownRows)) d
        where d.number > 1))
      """)
  }

  private func complete(_ copy: PreparedCopy, _ target: PostgresConnection) async throws -> Int64 {
    try await restore.attach(parked(copy, target), target)
    try await target.execute("analyze \(copy.shape.name.quoted)")
    let rows = try await target.transaction { target in
      try await fence(target)
      let (rows, snapshot) = try await ledger.complete(copy.table, target)
      try await onComplete(target, copy.table, snapshot)
      return rows
    }
    observe(.finished(copy.table.source, rows: rows))
    return rows
  }

  /// Puts the foreign keys back that these copies parked. One that the rows contradict stays parked, with the reason.
  func restoreForeignKeys(_ logger: Logger) async throws {
    let target = try await connections.takeTarget()
    try await DeferredRestore(owner: owner, restore: restore, logger: logger).run(target) { $0.kind == .foreignKey }
    await connections.giveBack(target)
  }

  // MARK: Errors

  /// What the server refused, with the table.
  static func located(_ error: PostgresError, _ table: QualifiedName) -> ApplyError {
    let isOfSource = error.query?.hasPrefix("copy (select") ?? false
    return ApplyError(
      table: table, reason: error.message, remedy: ApplyRemedy.text(for: error, onSource: isOfSource), cause: error)
  }
}
