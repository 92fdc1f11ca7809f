import ArgumentParser
import Logging
import PostgresClient
import ServiceLifecycle
import ServiceRuntime

/// What every process of the system under test is told.
struct RoleOptions: ParsableArguments {
  @Option var db: String
  @Option var queue: String
  @Option var seed: UInt64
  /// The directory of the histories.
  @Option var directory: String
  /// The name under which this process writes its history.
  @Option var history: String

  var database: PostgresConfiguration {
    PostgresConfiguration(db, applicationName: "trunkline-torture \(history)", connectTimeout: .seconds(5))
  }

  var logger: Logger {
    var logger = Logger(label: history)
    logger.logLevel = .warning
    return logger
  }

  /// Runs until SIGTERM.
  func run(_ work: @escaping @Sendable () async throws -> Void) async throws {
    try await ServiceRunner(logger: logger).run([RoleService(work: work)])
  }
}

private struct RoleService: Service {
  let work: @Sendable () async throws -> Void

  func run() async throws { try await work() }
}

/// Waits, at most until a graceful shutdown.
func pause(milliseconds: Int) async throws {
  guard milliseconds > 0 else { return }
  do {
    try await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(milliseconds)) }
  } catch is CancellationError {
    try Task.checkCancellation()
  }
}
