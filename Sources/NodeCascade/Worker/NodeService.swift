package import Logging
import PostgresClient
import ServiceLifecycle

/// Serves nodes as a daemon: a graceful shutdown finishes the batches in work.
package struct NodeService: Service {
  private let workers: [NodeWorker]
  private let logger: Logger

  package init(_ workers: [NodeWorker], logger: Logger) {
    self.workers = workers
    self.logger = logger
  }

  /// Works until the service group shuts down. A node that another process took over is left to it; the others go on.
  ///
  /// - Throws: as ``NodeWorker/run()``: the first failure that ends a worker, or, when every node was taken over, the last one.
  package func run() async throws {
    try await withThrowingTaskGroup(of: Optional<NodeClaimLost>.self) { group in
      for worker in workers {
        group.addTask {
          do {
            try await worker.run()
            return nil
          } catch is CancellationError {
            return nil
          } catch let error as PostgresError where error.sqlState == "TL001" {
            return NodeClaimLost(error: error)
          }
        }
      }
      var lost = 0
      for try await end in group {
        guard let end else { continue }
        lost += 1
        if lost == workers.count { throw end.error }
      }
    }
  }
}

private struct NodeClaimLost: Sendable {
  let error: PostgresError
}
