package import Logging
package import PostgresClient
import ServiceLifecycle

/// Brings a queue's batches into a target, each exactly once: the position is moved in the target's transaction of the
/// batch, and only then the batch is finished at the source.
///
/// Whatever stops it, at any moment, the next one goes on at the target's position. What is done with a batch is the
/// business of ``start``.
package struct TransferWorker: Sendable {
  package var source: PostgresConfiguration
  package var target: PostgresConfiguration
  package var queue: String
  package var consumer: String
  /// Events to collect into one batch while behind.
  package var maximumEvents = 50_000
  /// How long to wait for a tick's announcement before looking without one.
  package var pollInterval: Duration = .seconds(5)
  /// Waits after failures.
  package var retryPolicy = ReconnectPolicy(initialDelay: .milliseconds(200), maximumDelay: .seconds(15))
  /// How long to wait for another worker of the name to end its transaction, before its session is ended.
  package var takeoverDelay: Duration = .seconds(10)
  /// Whether a failure ends ``run()`` instead of being tried again.
  package var stopsOnError = false
  /// What somebody must do when the source no longer has the ticks after the target's position.
  package var remedyForLostTicks = "events after it are gone: go on under a new consumer name"
  package var logger: Logger
  /// What counts, if anything does.
  package var metrics: TransferMetrics?
  /// Told after every batch.
  package var onBatch: @Sendable (Progress) -> Void = { _ in }
  /// Told how it goes: `nil` whenever it came round without a failure, at least once in ``pollInterval``.
  package var onRound: @Sendable ((any Error)?) -> Void = { _ in }
  /// Called for every new session, once its position is claimed; returns what is done with each batch, by means of
  /// ``TransferPosition/transaction(_:isolation:_:)``.
  package var start: @Sendable (TransferSession) async throws -> BatchHandler

  /// Brings one batch in.
  package typealias BatchHandler = @Sendable (EventBatch) async throws -> TransferOutcome

  /// What a finished batch did.
  package struct Progress: Sendable {
    package var batch: EventBatch
    package var outcome: TransferOutcome
  }

  package init(
    source: PostgresConfiguration, target: PostgresConfiguration, queue: String, consumer: String, logger: Logger,
    start: @escaping @Sendable (TransferSession) async throws -> BatchHandler
  ) {
    self.source = source
    self.target = target
    self.queue = queue
    self.consumer = consumer
    self.logger = logger
    self.start = start
  }

  /// Works until the task is cancelled or another worker of the name takes over.
  ///
  /// Every other failure is logged, stored in the target's `trunkline.position.error`, and tried again after a while:
  /// nothing is skipped, and when the cause is mended work goes on by itself.
  ///
  /// A graceful shutdown of the service that runs it ends it after the batch in work, or at once where it waits.
  ///
  /// - Throws: `CancellationError`; `PostgresError` with SQLSTATE TL001 when fenced off; every failure when
  ///   ``stopsOnError``.
  package func run() async throws {
    var failures = 0
    var held = HeldPosition()
    while !Task.isShuttingDownGracefully {
      do {
        try await TransferSession.with(self, held: &held) { session, handler in
          while !Task.isShuttingDownGracefully {
            try await session.step(handler)
            failures = 0
          }
        }
      } catch is CancellationError {
        throw CancellationError()
      } catch let error as PostgresError where error.sqlState == "TL001" {
        logger.error("another worker took over", metadata: ["error": "\(error)"])
        throw error
      } catch {
        try Task.checkCancellation()
        if stopsOnError { throw error }
        failures += 1
        onRound(error)
        metrics?.fail()
        let delay = retryPolicy.delay(afterFailures: failures)
        logger.error(
          "stopped, trying again in \(delay)",
          metadata: ["queue": "\(queue)", "consumer": "\(consumer)", "error": "\(error)"])
        try await untilShutdown { try await Task.sleep(for: delay) }
      }
    }
  }

  /// Brings in what is there now and returns.
  ///
  /// - Returns: the counts of all batches.
  /// - Throws: as ``run()``, with every failure thrown.
  @discardableResult
  package func drain() async throws -> TransferOutcome {
    var held = HeldPosition()
    return try await TransferSession.with(self, held: &held) { session, handler in
      var total = TransferOutcome()
      while let outcome = try await session.bringNext(handler) { total.add(outcome) }
      return total
    }
  }
}

/// What a worker remembers of its claim from one session to the next.
struct HeldPosition {
  /// Who claims.
  let holder = workerDescription()
  var lease: Int64?
}
