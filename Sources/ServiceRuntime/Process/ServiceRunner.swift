public import Logging
public import ServiceLifecycle
import UnixSignals

/// Runs daemons until they end or are told to: SIGTERM and SIGINT drain, a second SIGINT or SIGQUIT cancels, SIGHUP reloads.
public struct ServiceRunner: Sendable {
  private let logger: Logger
  private let reload: (@Sendable () async -> Void)?
  private let drainLimit: Duration?

  /// - Parameters:
  ///   - drainLimit: how long a drain may take before it is cancelled; nil: as long as it takes.
  ///   - reload: called for each SIGHUP, one at a time; without it SIGHUP is ignored.
  public init(
    logger: Logger, drainLimit: Duration? = .seconds(60), reload: (@Sendable () async -> Void)? = nil
  ) {
    self.logger = logger
    self.drainLimit = drainLimit
    self.reload = reload
  }

  /// Runs `services`; when one of them ends, the others are asked to end too.
  /// - Throws: the first error of a service.
  public func run(_ services: [any Service]) async throws {
    let all = services + [ReloadService(logger: logger, reload: reload)]
    // Services drain one after another, the last first: what waits for the second interrupt must be there all the time.
    let interrupt = ServiceGroupConfiguration.ServiceConfiguration(
      service: SecondInterrupt(), failureTerminationBehavior: .cancelGroup)
    var configuration = ServiceGroupConfiguration(
      services: [interrupt]
        + all.map {
          .init(
            service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        },
      gracefulShutdownSignals: [.sigterm, .sigint],
      cancellationSignals: [.sigquit],
      logger: logger)
    // A drain that hangs must not hang the machine's shutdown; service managers kill after 90 seconds.
    configuration.maximumGracefulShutdownDuration = drainLimit
    try await ServiceGroup(configuration: configuration).run()
  }
}

/// Waits for SIGHUP.
private struct ReloadService: Service, CustomStringConvertible {
  let logger: Logger
  let reload: (@Sendable () async -> Void)?

  var description: String { "reload on SIGHUP" }

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      guard let reload else { continue }
      logger.info("SIGHUP: reloading settings")
      await reload()
    }
  }
}

/// Waits for somebody at the terminal who has lost patience.
private struct SecondInterrupt: Service, CustomStringConvertible {
  var description: String { "second interrupt" }

  func run() async throws {
    var count = 0
    for await _ in await UnixSignalsSequence(trapping: .sigint).cancelOnGracefulShutdown() {
      count += 1
      if count > 1 { throw CancellationError() }
    }
  }
}
