import EventQueue
import Logging
import PostgresClient

/// A node with its provider, from the connection to its end.
actor ProvidedNode {
  private let worker: NodeWorker
  private let node: LocalNode
  private let provider: ProviderSession
  private let session: WorkerSession
  private let work: any NodeWork
  private let metrics: TransferMetrics?
  /// Where the worker's consumer stands at the provider, once that is known.
  private var position: Int64?

  init(
    worker: NodeWorker, node: LocalNode, provider: ProviderSession, session: WorkerSession, work: any NodeWork,
    metrics: TransferMetrics?
  ) {
    self.worker = worker
    self.node = node
    self.provider = provider
    self.session = session
    self.work = work
    self.metrics = metrics
  }

  /// Brings the next batch in; `nil` when there is none.
  ///
  /// - Parameter state: what the node says now.
  func bringNext(_ state: WorkerState) async throws -> TransferOutcome? {
    try Task.checkCancellation()
    guard try await isInStep(state) else { return nil }
    // The combined queue may have brought the node further than its worker is at the provider.
    let isBehind = (position ?? 0) < state.completedTick
    if case .following = session.assignment.role, !isBehind { return try await rest(state) }
    let joins = session.assignment.role.needsEveryTick || isBehind ? false : try await work.mayJoinTicks()
    guard let batch = try await provider.openBatch(maximumEvents: joins ? worker.maximumEvents : nil) else {
      return try await rest(state)
    }
    if isBehind {
      guard batch.batch.currentTick <= state.completedTick else { return try await leave(state) }
      try await work.follow(batch)
    }
    metrics?.isBehind(by: batch.batch.age)
    let start = ContinuousClock.now
    let outcome =
      batch.batch.currentTick <= state.completedTick ? TransferOutcome(wasApplied: true) : try await work.bring(batch)
    position = nil
    try await finish(batch)
    position = batch.batch.currentTick
    metrics?.count(outcome, took: ContinuousClock.now - start)
    worker.onBatch(batch, outcome)
    return outcome
  }

  /// The transaction of the batch has written down its tick, so either of both may be missing after a crash.
  private func finish(_ batch: NodeBatch) async throws {
    guard session.assignment.role == .branch else { return try await provider.finish(batch) }
    async let finished: Void = provider.finish(batch)
    try await node.makeTick()
    try await finished
  }

  private func rest(_ state: WorkerState) async throws -> TransferOutcome? {
    metrics?.isBehind(by: .zero)
    try await work.idle(after: state.completedTick)
    return nil
  }

  /// Gives up an open batch of joined ticks that the combined queue has overtaken half way.
  private func leave(_ state: WorkerState) async throws -> TransferOutcome? {
    if case .following = session.assignment.role { return try await rest(state) }
    position = nil
    guard try await provider.align(with: state.completedTick, of: state.node) else { return nil }
    position = state.completedTick
    return try await bringNext(state)
  }

  /// Before the first batch, and after another hand moved the node: the provider and the local queue are brought to where the
  /// node stands.
  private func isInStep(_ state: WorkerState) async throws -> Bool {
    guard position != state.completedTick else { return true }
    if session.assignment.role.sharesPosition {
      let reached = try await provider.position()
      if reached < state.completedTick {
        position = reached
        return true
      }
    }
    if session.assignment.role == .branch, (state.newestTick ?? 0) < state.completedTick {
      try await node.makeTick(provider.tick(state.completedTick))
    }
    guard try await provider.align(with: state.completedTick, of: state.node) else { return false }
    position = state.completedTick
    return true
  }

  /// Waits until there may be something to do.
  func wait() async throws {
    try await untilShutdown { [provider, limit = worker.pollInterval] in
      try await provider.waitForTick(atMost: limit)
    }
  }

  /// Tells the provider up to which tick everything is finished here and below, and synchronises the global watermark. Best effort: it is told again later.
  func reportWatermark() async {
    do {
      try await NodeUpkeep.report(node, provider)
      if session.assignment.role == .branch { try await NodeUpkeep.synchronise(node, provider, worker) }
    } catch {
      worker.logger.warning(
        "the watermark stays where it is", metadata: ["queue": "\(worker.queue)", "error": "\(error)"])
    }
  }
}
