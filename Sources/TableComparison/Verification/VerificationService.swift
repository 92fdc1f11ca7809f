import ServiceLifecycle

/// Runs a verification as a daemon: a graceful shutdown ends it at once, as nothing is written but how far it is.
package struct VerificationService: Service {
  private let verification: TableVerification

  package init(_ verification: TableVerification) { self.verification = verification }

  /// Works until the service group shuts down.
  package func run() async throws {
    do {
      _ = try await cancelWhenGracefulShutdown { try await verification.run() }
    } catch is CancellationError {
      return
    }
  }
}
