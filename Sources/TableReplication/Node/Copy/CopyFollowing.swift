import EventFormats
import EventQueue
import Logging
import PostgresClient

/// Follows the changes of one table after its copy.
struct CopyFollowing: Sendable {
  let held: HeldCopy
  let session: SetSession
  let local: PostgresConnection
  let source: CopySource
  let options: CopyOptions
  let settings: HandlerSettings
  let logger: Logger
  private let applier: TableApplier

  init(
    held: HeldCopy, session: SetSession, local: PostgresConnection, source: CopySource, isReplica: Bool,
    options: CopyOptions, settings: HandlerSettings, logger: Logger
  ) {
    self.settings = settings
    self.held = held
    self.session = session
    self.local = local
    self.source = source
    self.options = options
    self.logger = logger
    applier = TableApplier(
      target: local, checksForeignKeys: !isReplica, queue: held.owner.queue, consumer: held.owner.consumer)
  }

  /// Applies one batch, if there is one that does not end behind `limit`.
  ///
  /// - Returns: whether there was.
  /// - Throws: ``ApplyError``; `PostgresError`; ``CopyInterrupted``.
  func advance(_ copy: SetCopy, upTo limit: Int64) async throws -> Bool {
    guard let batch = try await source.openBatch(held.owner.consumer), batch.currentTick <= limit else { return false }
    do {
      try await applier.dropNets()
      // What the copy saw is in it. The numbers of transactions are those of its source, of which this batch is, too.
      let table = AppliedTable(
        held.table, to: copy.destination, attributes: copy.attributes, snapshot: copy.copied)
      let place = ApplyPlace(target: local, queue: session.queue, consumer: session.worker)
      var handlers = SetHandlers(
        place, .standard, settings, ConflictPolicies(), logger, looksForConflicts: false)
      _ = try handlers.update([table])
      let plan = try BatchPlan(
        try await BatchSurvey.read(batch, source.connection), tables: [table], handled: handlers.asked)
      let isStreamed = plan.isPlain && plan.parts.contains { $0.count >= TableApplier.Way.streamedEvents }
      try await BatchFailure.trying(TableApplier.Way.all(streaming: isStreamed), batch, logger) { [handlers] way in
        try await attempt(batch, plan, handlers, way)
      }
    } catch var error as ApplyError {
      error.queue = held.owner.queue
      error.ticks = (batch.previousTick, batch.currentTick)
      throw error
    }
    try await source.finish(batch)
    return true
  }

  private func attempt(
    _ batch: EventBatch, _ plan: BatchPlan, _ handlers: SetHandlers, _ way: TableApplier.Way
  ) async throws {
    do {
      try await local.transaction { local in
        try await held.lock(state: "catching-up", local)
        guard try await held.advance(from: batch.previousTick, to: batch.currentTick, local) else { return }
        try await apply(batch, plan, handlers, way)
      }
      await applier.committed()
    } catch {
      await applier.rolledBack()
      await handlers.stage?.rolledBack()
      throw error
    }
  }

  private func apply(
    _ batch: EventBatch, _ plan: BatchPlan, _ handlers: SetHandlers, _ way: TableApplier.Way
  ) async throws {
    let feed = try handlers.feed(plan)
    // Scripts among the changes are the worker's business.
    for (index, part) in plan.parts.filter({ !$0.kinds.isEmpty }).enumerated() {
      if index > 0 {
        try await applier.beginAnew()
        await feed?.rolledBack()
      }
      let work = try handlers.work(part, of: plan, batch, feed)
      let isSmall = way == .streamed && part.count < TableApplier.Way.streamedEvents
      _ = try await applier.apply(work, from: source.connection, isSmall ? .staged : way)
    }
  }

  /// Looks whether everything that the copy saw is behind its position. If so, constraints that had to wait for that come back, and
  /// the worker may take the table over.
  ///
  /// - Throws: `PostgresError`.
  func settle(_ copy: SetCopy) async throws {
    var parking = ParkingRestore()
    parking.memory = options.maintenanceMemory
    parking.lockTimeout = options.lockTimeout
    parking.fence = { try await held.check(state: "catching-up", $0) }
    let restore = DeferredRestore(owner: held.owner, restore: parking, logger: logger)
    guard let horizon = try await restore.horizon(local), let tick = copy.tick,
      let reached = try await source.horizon(of: tick), reached >= horizon
    else { return }
    try await restore.finish(local)
  }
}
