public import Logging

/// How long to wait between attempts to connect.
public struct ReconnectPolicy: Sendable {
  /// The wait after the first failure.
  public var initialDelay: Duration
  /// The longest wait.
  public var maximumDelay: Duration
  /// After so many failures the last error is thrown; `nil`: never.
  public var maximumAttempts: Int?

  /// Waits double from `initialDelay` to `maximumDelay`, each shortened at random by up to a quarter, so that many
  /// clients do not come back at the same moment.
  public init(
    initialDelay: Duration = .milliseconds(100), maximumDelay: Duration = .seconds(10), maximumAttempts: Int? = nil
  ) {
    self.initialDelay = initialDelay
    self.maximumDelay = maximumDelay
    self.maximumAttempts = maximumAttempts
  }

  /// The wait after the given number of failures in a row.
  public func delay(afterFailures failures: Int, random: Double = .random(in: 0..<1)) -> Duration {
    var delay = initialDelay
    for _ in 1..<max(1, min(failures, 30)) where delay < maximumDelay { delay *= 2 }
    return min(delay, maximumDelay) * (1 - random / 4)
  }
}

extension PostgresConnection {
  /// Connects, trying again as the policy says while the cause may pass by itself.
  ///
  /// - Throws: the last ``PostgresError`` when it cannot pass by itself or the attempts are used up;
  ///   `CancellationError`.
  public static func connect(
    _ configuration: PostgresConfiguration, retrying policy: ReconnectPolicy, logger: Logger = Logger(label: "postgres")
  ) async throws -> PostgresConnection {
    var failures = 0
    while true {
      do {
        return try await connect(configuration, logger: logger)
      } catch let error as PostgresError where error.isTransient {
        failures += 1
        if let limit = policy.maximumAttempts, failures >= limit { throw error }
        let delay = policy.delay(afterFailures: failures)
        logger.warning("no connection, trying again in \(delay)", metadata: ["error": "\(error)"])
        try await Task.sleep(for: delay)
      }
    }
  }
}
