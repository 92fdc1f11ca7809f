import EventFormats
import EventQueue
package import Logging
package import PostgresClient
import TableStructure

/// Fills tables of the target with what the source holds, so that changes can be applied on top without a gap.
///
/// All tables are read in one snapshot of the source, in pieces of some blocks, by several connections at once; the bytes go
/// from one server's COPY into the other's. Every piece is one transaction of the target, in which it is also written
/// down. The consumer must have been registered before, so that every later event waits for it: events of transactions that
/// the snapshot sees are in the copy and are not applied again.
///
/// Where that pays, indexes and keys are taken off the target table while rows come in, kept in `trunkline.parked_ddl`, and
/// made again afterwards. Readers of the target tables go on all the time, but for moments.
///
/// Killed at any moment, the next run goes on with what is left, under a new snapshot. The copy is then as old as the
/// first snapshot and as new as the last one; the changes since the first one, applied by key, bring it in line.
package struct InitialCopy: Sendable {
  /// Called first in every transaction of the target; throws when somebody else took over.
  package typealias Fence = @Sendable (PostgresConnection) async throws -> Void

  package var source: PostgresConfiguration
  package var target: PostgresConfiguration
  package var tables: [CopyTable]
  package var owner: CopyOwner
  package var options = CopyOptions()
  package var fence: Fence = { _ in }
  /// Asked in the transaction that would empty a table, whether others have put rows into it, or are about to. Whoever asks next is
  /// told of this copy.
  package var holdsOtherRows: @Sendable (PostgresConnection, CopyTable) async throws -> Bool = { _, _ in false }
  /// Called in the transaction that writes down that a table is copied, with the snapshot whose events are not to be applied
  /// to it.
  package var onComplete: @Sendable (PostgresConnection, CopyTable, String) async throws -> Void = { _, _, _ in }
  /// Told what happens.
  package var observe: @Sendable (CopyEvent) -> Void = { _ in }
  package var logger: Logger

  package init(
    source: PostgresConfiguration, target: PostgresConfiguration, tables: [CopyTable], owner: CopyOwner, logger: Logger
  ) {
    self.source = source
    self.target = target
    self.tables = tables
    self.owner = owner
    self.logger = logger
  }

  /// Copies what is not copied yet.
  ///
  /// - Returns: the number of rows in the tables that were finished.
  /// - Throws: ``ApplyError``: a table is missing or not empty, rows do not fit; `PostgresError`; `CancellationError`.
  @discardableResult
  package func run() async throws -> Int64 {
    let connections = CopyConnections(source: source, target: target, logger: logger)
    do {
      let rows = try await run(connections)
      await connections.close()
      return rows
    } catch {
      await connections.close()
      throw error
    }
  }

  private func run(_ connections: CopyConnections) async throws -> Int64 {
    let control = try await connections.takeTarget()
    let isReplica = try await TargetSession.prepare(control, logger)
    let ledger = CopyLedger(owner: owner)
    let done = try await ledger.copied(control)
    let open = tables.filter { !done.contains($0.source.unquoted) }
    guard !open.isEmpty else { return 0 }

    let holder = try await connections.openSource()
    let shapes = try await shapes(of: open, holder, control)
    let snapshot = try await CopySnapshot.take(of: shapes.map(\.source), holder)
    let preparation = TablePreparation(
      ledger: ledger, options: options, fence: fence, holdsOtherRows: holdsOtherRows, isReplica: isReplica,
      snapshot: snapshot.transactions,
      logger: logger)
    var copies: [PreparedCopy] = []
    for (table, source, shape) in shapes {
      let copy = try await locating(table.target) {
        try await preparation.run(table, source, shape, from: holder, to: control)
      }
      for warning in copy.columns.warnings { observe(.warning(table.source, warning)) }
      observe(.planned(table.source, bytes: copy.bytes, rowsBefore: copy.rowsBefore))
      copies.append(copy)
    }
    let isOrdered = copies.contains(where: \.checksForeignKeys)
    if !isOrdered { copies.sort { $0.bytes > $1.bytes } }
    await connections.share(snapshot, holder: holder)
    await connections.giveBack(control)

    let work = CopyWork(
      copies: copies, owner: owner, options: options, fence: fence, snapshot: snapshot.transactions, observe: observe,
      onComplete: onComplete, connections: connections)
    let rows = try await work.run(isOrdered: isOrdered)
    // Only rows of one moment have everything that they refer to.
    if done.isEmpty, !copies.contains(where: \.isMixed) { try await work.restoreForeignKeys(logger) }
    return rows
  }

  /// Referenced tables first, as foreign keys of the target may be checked while rows come in.
  private func shapes(
    of open: [CopyTable], _ source: PostgresConnection, _ target: PostgresConnection
  ) async throws -> [(table: CopyTable, source: TableShape, target: TableShape)] {
    var found: [(table: CopyTable, source: TableShape, target: TableShape)] = []
    for table in open {
      guard let sourceShape = try await TableShape.read(table.source, source) else {
        throw ApplyError(
          table: table.source, reason: "the source has no such table", remedy: "stop capturing it")
      }
      guard let shape = try await TableShape.read(table.target, target) else {
        throw ApplyError(
          table: table.target, reason: "the target has no such table",
          remedy: "create it, for example with pg_dump --schema-only --table")
      }
      found.append((table, sourceShape, shape))
    }
    let byTarget = Dictionary(found.map { ($0.target.oid, $0) }, uniquingKeysWith: { first, _ in first })
    return ReferenceOrder.sort(found.map(\.target)).compactMap { byTarget[$0] }
  }

  /// Runs `body`; what the server refuses is reported with the table.
  private func locating<Value>(_ table: QualifiedName, _ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as PostgresError where error.needsMending {
      throw CopyWork.located(error, table)
    }
  }
}
