import ServiceLifecycle

/// Runs a worker as a daemon: a graceful shutdown finishes the batch in work.
package struct TransferService: Service {
  private let worker: TransferWorker

  package init(_ worker: TransferWorker) { self.worker = worker }

  /// Works until the service group shuts down.
  ///
  /// - Throws: as ``TransferWorker/run()``.
  package func run() async throws {
    do {
      try await worker.run()
    } catch is CancellationError {
      return
    }
  }
}
