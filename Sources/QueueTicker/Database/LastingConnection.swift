import Logging
import PostgresClient

/// A connection that is made again whenever it is lost, for work that goes on for as long as its task.
struct LastingConnection: Sendable {
  let configuration: PostgresConfiguration
  let logger: Logger

  /// Lends connections to `work`, one after another, until the task is cancelled.
  ///
  /// - Parameters:
  ///   - work: gets the connection, and what to call when it works: pauses begin anew then.
  ///   - failed: gets the error and the pause before the next attempt.
  func use(
    _ work: (PostgresConnection, () -> Void) async throws -> Void, failed: (any Error, Duration) -> Void
  ) async {
    var failures = 0
    let policy = ReconnectPolicy(initialDelay: .seconds(1), maximumDelay: .seconds(20))
    while !Task.isCancelled {
      do {
        let connection = try await PostgresConnection.connect(configuration, logger: logger)
        do {
          try await work(connection) { failures = 0 }
          await connection.close()
        } catch {
          await connection.close()
          throw error
        }
      } catch is CancellationError {
        return
      } catch {
        guard !Task.isCancelled else { return }
        failures += 1
        let pause = policy.delay(afterFailures: failures)
        failed(error, pause.rounded)
        try? await Task.sleep(for: pause)
      }
    }
  }
}
