import EventFormats
import EventQueue
import Logging
import NodeCascade
import PostgresClient

/// Brings the batches of a set into a node, each with one transaction: the queue of a branch, the tables in the order of the changes,
/// scripts between them, and what the nodes tell each other.
actor SetWork: NodeWork {
  private let session: WorkerSession
  private let set: SetSession
  private let tables: any SetTables
  private let applier: TableApplier
  private let messages: MessageHandler
  private var handlers: SetHandlers
  /// Those of all tables that are here, also of those that are being copied: what a branch passes on goes through them.
  private var passing: SetHandlers
  private let logger: Logger

  init(
    session: WorkerSession, set: SetSession, tables: any SetTables, handlers: SetHandlers,
    isReplica: Bool, logger: Logger
  ) {
    self.session = session
    self.set = set
    self.tables = tables
    self.handlers = handlers
    passing = handlers
    self.logger = logger
    messages = MessageHandler(session: session, logger: logger)
    applier = TableApplier(
      target: session.local, checksForeignKeys: !isReplica, queue: session.queue, consumer: session.state.worker)
  }

  func mayJoinTicks() async throws -> Bool { try await tables.mayJoinTicks(set) }

  func follow(_ batch: NodeBatch) async throws {
    let survey = try await BatchSurvey.read(batch.batch, session.reader)
    // Scripts came through the combined queue, in their place among the changes.
    let told = survey.messages.filter { !$0.divides }
    guard !told.isEmpty else { return }
    try await session.local.transaction { [messages] _ in
      for message in told { try await messages.handle(message) }
    }
  }

  func idle(after tick: Int64) async throws { try await tables.idle(after: tick, set) }

  func stop() async { await tables.stop() }

  func bring(_ batch: NodeBatch) async throws -> TransferOutcome {
    do {
      return try await bringSomehow(batch)
    } catch var error as ApplyError {
      await tables.rolledBack(batch.batch)
      error.queue = session.queue
      error.ticks = (batch.batch.previousTick, batch.batch.currentTick)
      throw error
    } catch let error as PostgresError where error.needsMending {
      await tables.rolledBack(batch.batch)
      var located = try await BatchFailure.locate(error, batch.batch, session.reader)
      located.queue = session.queue
      located.ticks = (batch.batch.previousTick, batch.batch.currentTick)
      throw located
    } catch {
      await tables.rolledBack(batch.batch)
      throw error
    }
  }

  private func bringSomehow(_ batch: NodeBatch) async throws -> TransferOutcome {
    try await applier.dropNets()
    let list = try await tables.tables(for: batch.batch, set)
    if try handlers.update(list) { await applier.decide(by: handlers.conflicts) }
    let plan = try BatchPlan(
      try await BatchSurvey.read(batch.batch, session.reader), tables: list, handled: handlers.asked)
    let isStreamed =
      plan.isPlain && handlers.conflicts == nil && plan.parts.contains { $0.count >= TableApplier.Way.streamedEvents }
    let outcome = try await BatchFailure.trying(TableApplier.Way.all(streaming: isStreamed), batch.batch, logger) {
      way in
      try await attempt(batch, plan, way)
    }
    await tables.committed(batch.batch)
    return outcome
  }

  private func attempt(_ batch: NodeBatch, _ plan: BatchPlan, _ way: TableApplier.Way) async throws -> TransferOutcome {
    do {
      let outcome = try await session.transaction(batch) { local in try await perform(plan, batch, way, local) }
      await applier.committed()
      await handlers.stage?.committed()
      return outcome ?? TransferOutcome(wasApplied: true)
    } catch {
      await applier.rolledBack()
      await handlers.stage?.rolledBack()
      await passing.stage?.rolledBack()
      throw error
    }
  }

  /// Does what is planned, as part of the open transaction.
  private func perform(
    _ plan: BatchPlan, _ batch: NodeBatch, _ way: TableApplier.Way, _ local: PostgresConnection
  ) async throws -> TransferOutcome {
    // What is copied need not be read from the provider again, unless that can send it as rows.
    var copied: EventBatch?
    switch session.assignment.role {
    case .branch where plan.events > 0: copied = try await copyEvents(batch)
    case .merging: copied = try await copyEvents(batch)
    default: break
    }
    var outcome = TransferOutcome(events: plan.events, leftOut: plan.ignored)
    // What a part made is not there for the next one.
    let feed = try handlers.feed(plan)
    for (index, part) in plan.parts.enumerated() {
      if index > 0 {
        try await applier.beginAnew()
        await feed?.rolledBack()
      }
      if !part.kinds.isEmpty {
        var work = try handlers.work(part, of: plan, batch.batch, feed)
        if let copied, work.feed == nil, part.count < TableApplier.Way.streamedEvents {
          work = try handlers.work(part, of: plan, copied, feed)
          work.isInTarget = true
        }
        let isSmall = way == .streamed && part.count < TableApplier.Way.streamedEvents
        outcome.rows += try await applier.apply(work, from: session.reader, isSmall ? .staged : way).rows
      }
      for message in part.messages { try await messages.handle(message) }
    }
    return outcome
  }

  /// Copies the batch into the node's own queue or the combined one, with the events of some tables as their handlers pass them on.
  ///
  /// - Returns: the events as they are in the node's database until the transaction ends; `nil` if some are not those of the
  ///   provider.
  private func copyEvents(_ batch: NodeBatch) async throws -> EventBatch? {
    _ = try passing.update(try await AppliedTable.local(session.queue, session.local))
    let rewritten = passing.set.rewrittenTables
    guard !rewritten.isEmpty, let stage = passing.stage else {
      _ = try await session.copyEvents(batch)
      return WorkerSession.copied(batch.batch)
    }
    try await stage.begin(batch.batch)
    _ = try await session.copyEvents(batch, except: rewritten) { [reader = session.reader] copyIn in
      try await stage.passOn(batch.batch, tables: rewritten, from: reader, copyIn)
    }
    return nil
  }
}
