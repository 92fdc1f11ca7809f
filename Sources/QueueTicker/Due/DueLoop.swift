import Logging
import PostgresClient

/// Delivers events of one database at their time: those that were sent with a delay, and those that are to be retried. It
/// puts them into their queues; the tick follows by itself.
///
/// It sleeps until the next one is due. Producers announce what is due sooner than the regular look, see
/// `trunkline._announce_due()`.
struct DueLoop {
  let configuration: PostgresConfiguration
  let settings: TickerSettings
  let report: DatabaseReport
  let logger: Logger
  private let started = ContinuousClock.now

  init(configuration: PostgresConfiguration, settings: TickerSettings, report: DatabaseReport, logger: Logger) {
    self.configuration = configuration
    self.settings = settings
    self.report = report
    self.logger = logger
  }

  /// Works until the task is cancelled; connects again and again when it must.
  func run() async {
    await LastingConnection(configuration: configuration, logger: logger).use { connection, succeeded in
      try await work(on: connection, succeeded)
    } failed: { error, pause in
      report.due(problem: error)
      logger.error("no delayed events and no retries, trying again in \(pause)", metadata: ["error": "\(error)"])
    }
  }

  /// Everything that is due now.
  ///
  /// - Returns: whether all went well.
  /// - Throws: `PostgresError` of the connection.
  func runOnce() async throws -> Bool {
    let connection = try await PostgresConnection.connect(configuration, logger: logger)
    do {
      let session = try await DueSession.open(connection)
      var schedule = DueSchedule(longestWait: .zero)
      var isWell = true
      while isWell, case .move(let events) = schedule.looked(try await session.look(), now: now) {
        isWell = try await move(events, session, &schedule)
      }
      await connection.close()
      return isWell
    } catch {
      await connection.close()
      throw error
    }
  }

  private var now: Duration { ContinuousClock.now - started }

  private func work(on connection: PostgresConnection, _ succeeded: () -> Void) async throws {
    let session = try await DueSession.open(connection)
    // A producer that announces cannot prepare its transaction; see TickerSettings.staysAwake.
    try await session.announce(isListening: !settings.staysAwake)
    var schedule = DueSchedule(
      longestWait: settings.staysAwake ? min(.milliseconds(20), settings.retryPeriod) : settings.retryPeriod)
    do {
      while !Task.isCancelled {
        switch schedule.looked(try await session.look(), now: now) {
        case .move(let events):
          if try await move(events, session, &schedule) { report.due(problem: nil) }
        case .wait(let time):
          succeeded()
          try await session.wait(time)
        }
      }
    } catch let error as CancellationError {
      // Producers that announce to nobody would pay for nothing.
      try await session.announce(isListening: false)
      throw error
    }
    try await session.announce(isListening: false)
  }

  /// Moves a portion.
  ///
  /// - Returns: false for a failure of its own, which is logged.
  /// - Throws: failures of the connection.
  private func move(_ events: DueEvents, _ session: DueSession, _ schedule: inout DueSchedule) async throws -> Bool {
    do {
      let count = try await session.move(events)
      schedule.moved(count, events, now: now)
      report.moved(count, events)
      return true
    } catch let error as PostgresError where error.code == .server {
      guard await !session.connection.isClosed else { throw error }
      let pause = schedule.failed(events, now: now)
      report.due(problem: error)
      logger.error(
        "due events stay where they are, trying again in \(pause.rounded)",
        metadata: ["events": "\(events.rawValue)", "error": "\(error)"])
      return false
    }
  }
}
