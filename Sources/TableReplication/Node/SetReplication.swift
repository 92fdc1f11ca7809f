package import Logging
package import NodeCascade
import PostgresClient

/// Replicates the tables of a set: what a ``NodeWorker`` does with its batches.
package struct SetReplication: Sendable {
  /// Makes what decides about tables and copies, for each session of the worker.
  package var tables: @Sendable (SetSession) async throws -> any SetTables
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
    let isReplica = try await TargetSession.prepare(session.local, logger)
    let set = SetSession(
      queue: session.queue, worker: session.state.worker, local: session.local, provider: session.reader,
      localConfiguration: session.localConfiguration, providerConfiguration: session.providerConfiguration)
    return SetWork(
      session: session, set: set, tables: try await tables(set), isReplica: isReplica, logger: logger)
  }
}
