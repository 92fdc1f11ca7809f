package import Logging
package import NodeCascade
import PostgresClient

/// Replicates the tables of a set: what a ``NodeWorker`` does with its batches.
package struct SetReplication: Sendable {
  /// Makes what decides about tables and copies, for each session of the worker.
  package var tables: @Sendable (SetSession) async throws -> any SetTables
  /// What happens when changes meet rows that the source does not expect, where a table's attributes do not say it.
  package var conflicts = ConflictPolicies()
  /// The handlers that tables may name, and what they use of this machine.
  package var registry = HandlerRegistry.standard
  package var handlers = HandlerSettings()
  package var logger: Logger

  package init(
    logger: Logger,
    tables: @escaping @Sendable (SetSession) async throws -> any SetTables = { _ in SyncedTables() }
  ) {
    self.logger = logger
    self.tables = tables
  }

  /// To be a worker's ``NodeWorker/start``.
  ///
  /// - Throws: `PostgresError`.
  package func start(_ session: WorkerSession) async throws -> any NodeWork {
    // Transactions of batches are planned anew, see WorkerSession; what is asked between them is the same each time.
    let isReplica = try await TargetSession.prepare(session.local, plansAnew: false, logger)
    let set = SetSession(
      queue: session.queue, worker: session.state.worker, local: session.local, provider: session.reader,
      localConfiguration: session.localConfiguration, providerConfiguration: session.providerConfiguration,
      remoteOptions: session.remoteOptions)
    let place = ApplyPlace(target: session.local, queue: session.queue, consumer: session.state.worker)
    return SetWork(
      session: session, set: set, tables: try await tables(set),
      handlers: SetHandlers(place, registry, handlers, conflicts, logger), isReplica: isReplica, logger: logger)
  }
}
