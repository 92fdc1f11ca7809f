package import PostgresClient

/// One worker's connections and claims, from a start to the next failure.
package struct TransferSession: Sendable {
  /// Reads batches at the source.
  package let reader: PostgresConnection
  /// The target's connection and position.
  package let position: TransferPosition
  let worker: TransferWorker
  let queue: ConsumerSession

  /// The target's connection.
  package var target: PostgresConnection { position.connection }
  /// Whether the queue lies in the target's database itself.
  package var isOneDatabase: Bool { position.consumerInTarget != nil }

  /// Connects, claims the consumer and the position, and lends the session.
  ///
  /// - Parameter held: the claim of the session before; a worker that lost its connections only goes on if nobody else
  ///   claimed the position meanwhile.
  static func with<Value>(
    _ worker: TransferWorker, held: inout HeldPosition,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (TransferSession, TransferWorker.BatchHandler) async throws -> sending Value
  ) async throws -> sending Value {
    var open: [PostgresConnection] = []
    do {
      let target = try await PostgresConnection.connect(worker.target, logger: worker.logger)
      open.append(target)
      let control = try await PostgresConnection.connect(worker.source, logger: worker.logger)
      open.append(control)
      let reader = try await PostgresConnection.connect(worker.source, logger: worker.logger)
      open.append(reader)
      let session = try await claim(
        worker, control: control, reader: reader, target: target, held: &held)
      do {
        try await session.realign()
        let handler = try await worker.start(session)
        let value = try await body(session, handler)
        for connection in open { await connection.close() }
        return value
      } catch {
        await session.position.report(error)
        throw error
      }
    } catch {
      for connection in open { await connection.close() }
      throw error
    }
  }

  private let sourceTick: Int64
  private let targetTick: Int64

  private static func claim(
    _ worker: TransferWorker, control: PostgresConnection, reader: PostgresConnection,
    target: PostgresConnection, held: inout HeldPosition
  ) async throws -> TransferSession {
    try await TextForms.pin(reader)
    try await TextForms.pin(target)
    try await TextForms.pin(control)
    try await ConsumerSession.prepareReader(reader)
    try await ConsumerSession.register(worker.consumer, on: worker.queue, control)
    try await control.listen(ConsumerSession.tickChannel)
    let source = try await sourcePosition(worker, control)
    let isOneDatabase = try await areOneDatabase(control, target)
    let claim = try await PositionClaim.make(
      worker, source, by: held.holder, held: held.lease, control: control, target: target)
    held.lease = claim.lease
    let position = TransferPosition(
      connection: target, origin: source.origin, queue: worker.queue, consumer: worker.consumer, lease: claim.lease,
      consumerInTarget: isOneDatabase ? claim.queue.over(target) : nil)
    return TransferSession(
      reader: reader, position: position, worker: worker, queue: claim.queue, sourceTick: source.tick,
      targetTick: claim.lastTick)
  }

  /// The target's position is the truth: after a crash between its commit and the source's, the source is behind.
  private func realign() async throws {
    guard targetTick != sourceTick else { return }
    do {
      try await queue.seek(to: targetTick)
    } catch let error as PostgresError where error.code == .server && !error.isTransient {
      throw TransferError(
        queue: queue.queue,
        reason: "the target stands at tick \(targetTick) of the queue, which the source no longer has",
        remedy: worker.remedyForLostTicks, cause: error)
    }
  }

  private static func sourcePosition(
    _ worker: TransferWorker, _ control: PostgresConnection
  ) async throws -> PositionClaim.Source {
    let rows = try await control.query(
      """
      select o.origin_id, o.epoch, i.last_tick
      from trunkline.origin o, pgq.get_consumer_info(\(worker.queue), \(worker.consumer)) i
      """)
    guard let row = rows.first else {
      throw PostgresError(
        .misuse, "the source does not know its own identity",
        hint: "install the schemas again: trunkline schema install")
    }
    let (origin, epoch, tick) = try row.decode(String.self, Int.self, Int64.self)
    return PositionClaim.Source(origin: origin, epoch: epoch, tick: tick)
  }

  /// Brings the next batch in or waits for one.
  func step(_ handler: TransferWorker.BatchHandler) async throws {
    try Task.checkCancellation()
    let outcome = try await bringNext(handler)
    worker.onRound(nil)
    guard outcome == nil else { return }
    worker.metrics?.isBehind(by: .zero)
    try await untilShutdown { [queue, worker] in try await queue.waitForTick(atMost: worker.pollInterval) }
  }

  /// Brings the next batch in; `nil` when there is none.
  func bringNext(_ handler: TransferWorker.BatchHandler) async throws -> TransferOutcome? {
    guard let batch = try await queue.openBatch(maximumEvents: worker.maximumEvents) else { return nil }
    worker.metrics?.isBehind(by: batch.age)
    let start = ContinuousClock.now
    let outcome = try await handler(batch)
    if outcome.wasApplied || !isOneDatabase { try await queue.close(batch) }
    worker.metrics?.count(outcome, took: ContinuousClock.now - start)
    worker.onBatch(TransferWorker.Progress(batch: batch, outcome: outcome))
    return outcome
  }

  /// Whether two connections lead to the same database, by whatever addresses: a lock of one is seen by the other.
  private static func areOneDatabase(
    _ left: PostgresConnection, _ right: PostgresConnection
  ) async throws -> Bool {
    let key = Int64.random(in: .min ... .max)
    try await left.query("select pg_advisory_lock(\(key))")
    let isFree = try await right.query("select pg_try_advisory_lock(\(key))").first?.decode(0, as: Bool.self) ?? true
    if isFree { try await right.query("select pg_advisory_unlock(\(key))") }
    try await left.query("select pg_advisory_unlock(\(key))")
    return !isFree
  }
}
