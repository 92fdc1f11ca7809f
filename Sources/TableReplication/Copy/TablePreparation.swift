import EventFormats
import Logging
import PostgresClient
import TableStructure

/// A table that is ready to be copied into.
struct PreparedCopy: Sendable {
  var table: CopyTable
  var columns: CopyColumns
  var sourceShape: TableShape
  var shape: TableShape
  /// What is left to copy.
  var pieces: [CopyPiece]
  /// Rows that are there from an earlier attempt.
  var rowsBefore: Int64 = 0
  /// Whether the rows are of more than one snapshot: some may be there twice, some out of date.
  var isMixed = false
  /// Whether the rows must be merged in, as the primary key is in place and some may be there.
  var isMerged = false
  /// Whether rows are added to those of others, so that they may meet some of an earlier copy.
  var appends = false
  /// Whether foreign keys are checked while rows come in, so that tables have an order.
  var checksForeignKeys = false

  var bytes: Int64 { pieces.map(\.bytes).reduce(0, +) }
}

/// Makes target tables ready: decides what is left to copy, empties them, takes off what would slow the copy down.
struct TablePreparation: Sendable {
  let ledger: CopyLedger
  let options: CopyOptions
  let fence: InitialCopy.Fence
  let holdsOtherRows: @Sendable (PostgresConnection, CopyTable) async throws -> Bool
  /// Whether triggers and foreign keys of the target are silent.
  let isReplica: Bool
  let snapshot: TransactionSnapshot
  let logger: Logger

  /// Prepares a table in one transaction of the target.
  ///
  /// - Throws: ``ApplyError``: the target table is not empty; `PostgresError`.
  func run(
    _ table: CopyTable, _ sourceShape: TableShape, _ shape: TableShape, from source: PostgresConnection,
    to target: PostgresConnection
  ) async throws -> PreparedCopy {
    var copy = PreparedCopy(
      table: table, columns: try CopyColumns(source: sourceShape, target: shape, rule: table.rule),
      sourceShape: sourceShape,
      shape: shape, pieces: [])
    let relations = try await SourceRelations.read(sourceShape, source)
    let bytes = relations.map(\.bytes).reduce(0, +)
    return try await target.transaction { target in
      try await fence(target)
      let begun = try await ledger.begun(table, target)
      if let begun, begun.isCopied {
        copy.isMixed = begun.firstSnapshot != begun.lastSnapshot
        copy.rowsBefore = begun.rows
        return copy
      }
      try await ParkingRestore.limitLockWaits(options.lockTimeout, target)
      if table.appends { copy.appends = true } else { copy.appends = try await holdsOtherRows(target, table) }
      try await park(table, appends: copy.appends, shape, bytes: bytes, target)
      let isKeyed = try await canBeResumed(shape, target)
      if !isReplica { copy.checksForeignKeys = try await hasForeignKeys(shape, target) }
      let plan = PiecePlan(pieceBytes: options.pieceBytes)
      if let begun, !begun.finished.isEmpty, isKeyed, PiecePlan.isUsable(begun.finished, for: relations) {
        copy.pieces = plan.pieces(of: relations, finished: begun.finished, snapshot: snapshot)
        copy.rowsBefore = begun.rows
        copy.isMixed = true
        copy.isMerged = try await hasPrimaryKey(shape, target)
        try await ledger.resume(table, snapshot, target)
        return copy
      }
      // What an earlier attempt left goes; of what others wrote only what the caller allows.
      if begun?.finished.isEmpty == false, !copy.appends {
        try await empty(shape, target)
      } else if begun == nil, !copy.appends {
        try await makeRoom(shape, target)
      }
      try await ledger.begin(table, snapshot, target)
      copy.pieces =
        copy.appends && !isKeyed
        // All or nothing: what is not finished could not be told from what was there.
        ? [CopyPiece(relation: sourceShape.name, filenode: 0, bytes: bytes)] : plan.pieces(of: relations)
      return copy
    }
  }

  private func makeRoom(_ shape: TableShape, _ target: PostgresConnection) async throws {
    guard try await !isEmpty(shape, target) else { return }
    guard options.mayTruncate else {
      throw ApplyError(
        table: shape.name, reason: "the target table is not empty",
        remedy: "empty it, or allow that with --truncate")
    }
    try await empty(shape, target)
  }

  private func isEmpty(_ shape: TableShape, _ target: PostgresConnection) async throws -> Bool {
    try await target.query("select 1 from \(raw: shape.ownRows) limit 1").isEmpty
  }

  private func empty(_ shape: TableShape, _ target: PostgresConnection) async throws {
    do {
      _ = try await target.savepoint { try await $0.execute("truncate \(shape.ownRows)") }
    } catch let error as PostgresError where ["42501", "0A000"].contains(error.sqlState?.rawValue) {
      // Not allowed, or referred to by foreign keys that stay.
      try await target.execute("delete from \(shape.ownRows)")
    }
  }

  private func park(
    _ table: CopyTable, appends: Bool, _ shape: TableShape, bytes: Int64, _ target: PostgresConnection
  ) async throws {
    let path = try await target.query("select current_setting('search_path')").first?.decode(0, as: String.self) ?? ""
    try await target.execute("set local search_path = pg_catalog, pg_temp")
    // Where rows stay, a key tells which of them come again.
    let isFilled = appends ? try await !isEmpty(shape, target) : false
    let parksIndexes =
      bytes >= options.parkingThreshold && !shape.isPartitioned && !table.keepsIndexes && !isFilled
    var objects: [ParkedObject] = []
    if options.parksForeignKeys {
      objects += try await ParkingCatalog.foreignKeys(of: shape, target).filter { key in
        // Those that refer to the table hold its primary key; its own are in the way only where they are checked.
        (parksIndexes && key.referenced == shape.name.unquoted) || (!isReplica && key.table == shape.name)
      }
    }
    if parksIndexes { objects += try await ParkingCatalog.indexes(of: shape, target) }
    if !isReplica { objects += try await ParkingCatalog.triggers(of: shape, target) }
    for object in objects { _ = try await ParkingLot.park(object, for: ledger.owner, target, logger) }
    try await target.query("select pg_catalog.set_config('search_path', \(path), true)")
  }

  // MARK: What the target has in place

  /// Whether rows of different snapshots may stand side by side until all changes are applied: they are told apart by the
  /// primary key, and nothing else forbids any of them.
  private func canBeResumed(_ shape: TableShape, _ target: PostgresConnection) async throws -> Bool {
    let rows = try await target.query(
      """
      select not exists (
          select 1 from pg_catalog.pg_index i
          where i.indrelid = \(shape.oid)::oid and (i.indisunique or i.indisexclusion) and not i.indisprimary)
        and (\(isReplica) or not exists (
          select 1 from pg_catalog.pg_constraint c where c.conrelid = \(shape.oid)::oid and c.contype = 'f'))
        and (exists (
          select 1 from pg_catalog.pg_index i where i.indrelid = \(shape.oid)::oid and i.indisprimary)
        or exists (
          select 1 from trunkline.parked_ddl p
          where p.schema_name = \(shape.name.schema?.name ?? "") and p.table_name = \(shape.name.name.name)
            and p.kind = 'primary key'))
      """)
    return try rows.first?.decode(0, as: Bool.self) ?? false
  }

  private func hasPrimaryKey(_ shape: TableShape, _ target: PostgresConnection) async throws -> Bool {
    try await !target.query(
      "select 1 from pg_catalog.pg_index i where i.indrelid = \(shape.oid)::oid and i.indisprimary"
    ).isEmpty
  }

  private func hasForeignKeys(_ shape: TableShape, _ target: PostgresConnection) async throws -> Bool {
    try await !target.query(
      """
      select 1 from pg_catalog.pg_constraint c
      where c.conrelid = \(shape.oid)::oid and c.contype = 'f' and c.confrelid <> c.conrelid
      """
    ).isEmpty
  }
}
