package import EventFormats
package import EventQueue
package import Logging
package import PostgresClient

/// Keeps a target in step with a queue of captured changes: opens batches at the source, applies each together with the
/// position in one transaction of the target, and only then finishes it at the source.
///
/// Whatever stops it, at any moment, the next one goes on at the target's position; see `TransferWorker`.
package struct ReplicationWorker: Sendable {
  package var source: PostgresConfiguration
  package var target: PostgresConfiguration
  package var queue: String
  package var consumer: String
  /// Tables to copy before the first batch; those copied earlier are skipped.
  package var tablesToCopy: [QualifiedName] = []
  /// How they are copied.
  package var copyOptions = CopyOptions()
  /// Told how the copy goes.
  package var onCopy: @Sendable (CopyEvent) -> Void = { _ in }
  /// Events to collect into one batch while behind.
  package var maximumEvents = 200_000
  /// How large parts of a batch are that the source prepares while the target is busy with others.
  package var slices = BatchSlice.Limit()
  /// How long to wait for a tick's announcement before looking without one.
  package var pollInterval: Duration = .seconds(5)
  /// Waits after failures.
  package var retryPolicy = ReconnectPolicy(initialDelay: .milliseconds(200), maximumDelay: .seconds(15))
  /// How long to wait for another worker of the name to end its transaction, before its session is ended.
  package var takeoverDelay: Duration = .seconds(10)
  /// Whether a failure ends ``run()`` instead of being tried again.
  package var stopsOnError = false
  /// What happens when changes meet rows that the source does not expect.
  package var conflicts = ConflictPolicies()
  package var logger: Logger
  /// Told after every batch; for progress displays.
  package var onBatch: @Sendable (Progress) -> Void = { _ in }

  /// Told how it goes: `nil` whenever it came round without a failure, at least once in ``pollInterval``.
  package var onRound: @Sendable ((any Error)?) -> Void = { _ in }

  /// Where the work is counted.
  package var metrics: TransferMetrics?

  /// What a finished batch did.
  package struct Progress: Sendable {
    package var batch: EventBatch
    package var events: Int, rows: Int
  }

  package init(
    source: PostgresConfiguration, target: PostgresConfiguration, queue: String, consumer: String, logger: Logger
  ) {
    self.source = source
    self.target = target
    self.queue = queue
    self.consumer = consumer
    self.logger = logger
  }

  /// Works until the task is cancelled, the service shuts down, or another worker of the name takes over.
  ///
  /// Every other failure is logged, stored in the target's `trunkline.position.error`, and tried again after a while:
  /// nothing is skipped, and when the cause is mended work goes on by itself.
  ///
  /// - Throws: `CancellationError`; `PostgresError` with SQLSTATE TL001 when fenced off; ``ApplyError``, `TransferError`
  ///   and `PostgresError` when ``stopsOnError``.
  package func run() async throws { try await transfer.run() }

  /// Applies what is there now and returns.
  ///
  /// - Returns: the number of events.
  /// - Throws: as ``run()``, with every failure thrown.
  @discardableResult
  package func drain() async throws -> Int { try await transfer.drain().events }

  private var transfer: TransferWorker {
    var worker = TransferWorker(
      source: source, target: target, queue: queue, consumer: consumer, logger: logger, start: prepare)
    worker.maximumEvents = maximumEvents
    worker.pollInterval = pollInterval
    worker.retryPolicy = retryPolicy
    worker.takeoverDelay = takeoverDelay
    worker.stopsOnError = stopsOnError
    worker.remedyForLostTicks =
      "changes after it are gone: empty the target tables and copy them under a new consumer name"
    worker.onRound = onRound
    worker.metrics = metrics
    worker.onBatch = { [onBatch] progress in
      onBatch(Progress(batch: progress.batch, events: progress.outcome.events, rows: progress.outcome.rows))
    }
    return worker
  }

  /// Copies what is to be copied, and returns what applies the batches of a session.
  private func prepare(_ session: TransferSession) async throws -> TransferWorker.BatchHandler {
    let isReplica = try await TargetSession.prepare(session.target, logger)
    let position = session.position
    let owner = CopyOwner(origin: position.origin, queue: queue, consumer: consumer)
    if !tablesToCopy.isEmpty { try await copy(for: owner, position) }
    let applier = BatchApplier(
      position: session.position, checksForeignKeys: !isReplica, slices: slices, logger: logger)
    await applier.decide(conflicts)
    let settling = try await CopySettling(worker: self, owner: owner, session: session)
    return { [reader = session.reader] batch in
      let outcome = try await applier.apply(batch, from: reader)
      try await settling?.settle(after: batch)
      return outcome
    }
  }

  private func copy(for owner: CopyOwner, _ position: TransferPosition) async throws {
    var copy = InitialCopy(
      source: source, target: target, tables: tablesToCopy.map { CopyTable($0) }, owner: owner, logger: logger)
    copy.options = copyOptions
    copy.fence = { try await position.hold($0) }
    copy.observe = { [logger, onCopy] event in
      switch event {
      case .finished(let table, let rows): logger.info("copied", metadata: ["table": "\(table)", "rows": "\(rows)"])
      case .warning(let table, let text): logger.notice("\(text)", metadata: ["table": "\(table)"])
      default: break
      }
      onCopy(event)
    }
    try await copy.run()
  }
}
