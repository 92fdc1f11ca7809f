import Logging
import PostgresClient

/// Serves one database: ticks, delayed events and retries, and maintenance, each over a connection of its own, for as long as its task is not cancelled.
struct DatabaseTicker: Sendable {
  /// How to reach the database.
  let connectionString: String
  /// Its name in logs and in the status.
  let name: String
  let settings: TickerSettings
  let status: TickerStatus
  let logger: Logger

  init(connectionString: String, name: String, settings: TickerSettings, status: TickerStatus, logger: Logger) {
    self.connectionString = connectionString
    self.name = name
    self.settings = settings
    self.status = status
    var logger = logger
    logger[metadataKey: "db"] = "\(name)"
    self.logger = logger
  }

  /// Serves the database until the task is cancelled. Never gives up: failures are logged as errors and shown in the
  /// status, and followed by another attempt.
  func run() async {
    report.state(.connecting)
    let policy = ReconnectPolicy(initialDelay: .milliseconds(250), maximumDelay: .seconds(10))
    var failures = 0
    while !Task.isCancelled {
      do {
        try await serve { failures = 0 }
      } catch {
        guard !Task.isCancelled, !(error is CancellationError) else { return }
        failures += 1
        let pause = policy.delay(afterFailures: failures)
        report.unhealthy(error)
        logger.error("database is not served, trying again in \(pause.rounded)", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: pause)
      }
    }
  }

  /// One round: events that are due, ticks for all queues that have new events or are due, and all maintenance.
  ///
  /// - Returns: whether all went well; every failure is logged.
  func runOnce() async -> Bool {
    do {
      let connection = try await PostgresConnection.connect(tickConfiguration, logger: logger)
      let session = TickerSession(connection: connection)
      guard try await isInstalled(session) else {
        await connection.close()
        return false
      }
      let deliveriesWork = try await due.runOnce()
      let ticksWork = try await TickRound(session: session, report: report, logger: logger).run()
      await connection.close()
      return try await maintenance.runOnce() && ticksWork && deliveriesWork
    } catch {
      report.unhealthy(error)
      logger.error("database is not served", metadata: ["error": "\(error)"])
      return false
    }
  }

  private var report: DatabaseReport {
    DatabaseReport(
      status: status, database: name, label: PostgresConfiguration(connectionString).databaseLabel)
  }

  private var maintenance: MaintenanceLoop {
    MaintenanceLoop(configuration: maintenanceConfiguration, settings: settings, report: report, logger: logger)
  }

  private var due: DueLoop {
    DueLoop(configuration: dueConfiguration, settings: settings, report: report, logger: logger)
  }

  /// From connecting to the loss of the connection.
  private func serve(_ succeeded: () -> Void) async throws {
    let connection = try await PostgresConnection.connect(tickConfiguration, logger: logger)
    do {
      try await serve(over: connection, succeeded)
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }

  private func serve(over connection: PostgresConnection, _ succeeded: () -> Void) async throws {
    let session = TickerSession(connection: connection)
    guard try await isInstalled(session) else {
      report.state(.waitingForSchema)
      succeeded()
      await connection.close()
      try await Task.sleep(for: settings.checkPeriod)
      return
    }
    try await becomeActive(session)
    succeeded()
    logger.info("ticking")

    try await withThrowingTaskGroup(of: Void.self) { group in
      let loop = TickLoop(session: session, settings: settings, report: report, logger: logger)
      let maintenance = maintenance
      let due = due
      group.addTask { await maintenance.run() }
      group.addTask { await due.run() }
      group.addTask { [loop] in
        var loop = loop
        try await loop.run()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func isInstalled(_ session: TickerSession) async throws -> Bool {
    switch try await session.installation() {
    case .complete: return true
    case .missing:
      logger.notice(
        "schema pgq is not installed, looking again in \(settings.checkPeriod)",
        metadata: ["hint": "trunkline schema install --db ..."])
    case .foreign(let version):
      logger.error(
        "schema pgq \(version) is not Trunkline's, looking again in \(settings.checkPeriod)",
        metadata: ["hint": "take it over with: trunkline schema install --db ..."])
    }
    return false
  }

  /// Waits until no other ticker serves the database.
  private func becomeActive(_ session: TickerSession) async throws {
    var hasTold = false
    while try await !session.tryLock() {
      if !hasTold { logger.notice("another ticker serves this database; standing by") }
      hasTold = true
      report.state(.standby)
      try await Task.sleep(for: settings.standbyPeriod)
    }
  }

  // MARK: Connections

  private var tickConfiguration: PostgresConfiguration {
    PostgresConfiguration(
      connectionString, applicationName: "trunkline ticker",
      // a queue that somebody else keeps locked must not keep the others waiting
      statementTimeout: .seconds(30), lockTimeout: .milliseconds(500),
      sessionSettings: Self.sessionSettings)
  }

  private var maintenanceConfiguration: PostgresConfiguration {
    PostgresConfiguration(
      connectionString, applicationName: "trunkline ticker maintenance", lockTimeout: .seconds(10),
      sessionSettings: Self.sessionSettings)
  }

  private var dueConfiguration: PostgresConfiguration {
    PostgresConfiguration(
      connectionString, applicationName: "trunkline ticker due", lockTimeout: .seconds(10),
      sessionSettings: Self.sessionSettings)
  }

  /// The server frees the ticker's lock half a minute after the machine of the ticker has vanished.
  private static let sessionSettings = [
    (name: "tcp_keepalives_idle", value: "10"), (name: "tcp_keepalives_interval", value: "5"),
    (name: "tcp_keepalives_count", value: "4"), (name: "default_transaction_isolation", value: "read committed"),
    (name: "client_min_messages", value: "warning"),
  ]
}
