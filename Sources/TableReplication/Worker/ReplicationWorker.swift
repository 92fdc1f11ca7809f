package import EventFormats
package import EventQueue
package import Logging
package import PostgresClient

/// Keeps a target in step with a queue of captured changes: opens batches at the source, applies each together with the
/// position in one transaction of the target, and only then finishes it at the source.
///
/// Whatever stops it, at any moment, the next one goes on at the target's position.
package struct ReplicationWorker: Sendable {
  package var source: PostgresConfiguration
  package var target: PostgresConfiguration
  package var queue: String
  package var consumer: String
  /// Tables to copy before the first batch; those copied earlier are skipped.
  package var tablesToCopy: [QualifiedName] = []
  package var mayTruncate = false
  /// Events to collect into one batch while behind.
  package var maximumEvents = 50_000
  /// How long to wait for a tick's announcement before looking without one.
  package var pollInterval: Duration = .seconds(5)
  /// Waits after failures.
  package var retryPolicy = ReconnectPolicy(initialDelay: .milliseconds(200), maximumDelay: .seconds(15))
  /// How long to wait for another worker of the name to end its transaction, before its session is ended.
  package var takeoverDelay: Duration = .seconds(10)
  package var logger: Logger
  /// Told after every batch; for progress displays.
  package var onBatch: @Sendable (Progress) -> Void = { _ in }

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

  /// Works until the task is cancelled or another worker of the name takes over.
  ///
  /// Every other failure is logged, stored in the target's `trunkline.position.error`, and tried again after a while:
  /// nothing is skipped, and when the cause is mended work goes on by itself.
  ///
  /// - Throws: `CancellationError`; `PostgresError` with SQLSTATE TL001 when fenced off; ``ApplyError`` and
  ///   `PostgresError` when ``stopsOnError``.
  package func run() async throws {
    var failures = 0
    var held: BatchApplier.Identity?
    while true {
      do {
        try await Session.with(self, held: &held) { session in
          while true {
            try await session.step()
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
        let delay = retryPolicy.delay(afterFailures: failures)
        logger.error(
          "replication stopped, trying again in \(delay)",
          metadata: ["queue": "\(queue)", "consumer": "\(consumer)", "error": "\(error)"])
        try await Task.sleep(for: delay)
      }
    }
  }

  /// Whether a failure ends ``run()`` instead of being tried again.
  package var stopsOnError = false

  /// Applies what is there now and returns.
  ///
  /// - Returns: the number of events.
  /// - Throws: as ``run()``, with every failure thrown.
  @discardableResult
  package func drain() async throws -> Int {
    var held: BatchApplier.Identity?
    return try await Session.with(self, held: &held) { session in
      var events = 0
      while let progress = try await session.applyNext() { events += progress.events }
      return events
    }
  }
}
