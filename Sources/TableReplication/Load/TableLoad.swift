import EventFormats
package import EventQueue
package import Logging
package import PostgresClient

/// Loads the row events of a queue into tables, each batch in one transaction of the target.
///
/// To be a worker's `TransferWorker.start`.
package struct TableLoad: Sendable {
  package var options: LoadOptions
  package var logger: Logger

  package init(_ options: LoadOptions, logger: Logger) {
    self.options = options
    self.logger = logger
  }

  /// How often old partitions are looked for.
  private static let retentionPeriod: Duration = .seconds(600)

  /// Prepares a session; returns what loads its batches.
  ///
  /// - Throws: `PostgresError`.
  package func start(_ session: TransferSession) async throws -> TransferWorker.BatchHandler {
    let isReplica = try await TargetSession.prepare(session.target, logger)
    let feed = LoadFeed(options, session.position, logger)
    let applier = BatchApplier(position: session.position, checksForeignKeys: !isReplica, logger: logger)
    await applier.feed(from: feed, parksBadEvents: options.parksBadEvents)
    var conflicts = options.conflicts
    conflicts.tables.merge(options.handlers.conflicts) { given, _ in given }
    await applier.decide(conflicts)
    let retention = Retention(feed)
    return { [reader = session.reader] batch in
      do {
        let outcome = try await applier.apply(batch, from: reader)
        await feed.committed()
        try await retention.runIfDue()
        return outcome
      } catch {
        await feed.rolledBack()
        throw error
      }
    }
  }

  /// Drops old partitions at the start and then now and then.
  private actor Retention {
    private let feed: LoadFeed
    private var last: ContinuousClock.Instant?

    init(_ feed: LoadFeed) { self.feed = feed }

    func runIfDue() async throws {
      if let last, ContinuousClock.now - last < TableLoad.retentionPeriod { return }
      last = .now
      try await feed.dropExpired()
    }
  }

  /// The partitions that would be dropped now. Claims nothing, so a loader may be running.
  ///
  /// - Parameter origin: the identity of the source.
  /// - Throws: `PostgresError`.
  package func expiredPartitions(
    _ target: PostgresConnection, origin: String, queue: String, consumer: String
  ) async throws -> [String] {
    guard let scheme = options.partitions else { return [] }
    let maker = PartitionMaker(
      scheme: scheme, target: target, origin: origin, queue: queue, consumer: consumer, logger: logger)
    return try await maker.expired().map(\.quoted)
  }
}
