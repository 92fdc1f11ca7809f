import ServiceLifecycle

/// Runs a worker as a daemon: a graceful shutdown finishes the batch in work.
package struct ReplicationService: Service {
  private let worker: ReplicationWorker

  package init(_ worker: ReplicationWorker) { self.worker = worker }

  /// Works until the service group shuts down.
  ///
  /// - Throws: as ``ReplicationWorker/run()``.
  package func run() async throws {
    do {
      try await worker.run()
    } catch is CancellationError {
      return
    }
  }
}
