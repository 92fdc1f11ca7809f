import EventFormats
import Logging
import PostgresClient

/// Maintains the queues of one database over a connection of its own: table rotation, retries, and whatever the database
/// puts on its list.
///
/// Nothing that goes wrong here stops the ticks, and no operation stops another one.
struct MaintenanceLoop {
  private let configuration: PostgresConfiguration
  private let settings: TickerSettings
  private let report: DatabaseReport
  private let logger: Logger

  /// An operation that always wants to be called again must not keep the others waiting for ever.
  private static let mostCalls = 1000

  init(
    configuration: PostgresConfiguration, settings: TickerSettings, report: DatabaseReport, logger: Logger
  ) {
    self.configuration = configuration
    self.settings = settings
    self.report = report
    self.logger = logger
  }

  /// Works until the task is cancelled; connects again and again when it must.
  func run() async {
    var failures = 0
    let policy = ReconnectPolicy(initialDelay: .seconds(1), maximumDelay: .seconds(20))
    while !Task.isCancelled {
      do {
        let connection = try await PostgresConnection.connect(configuration, logger: logger)
        do {
          try await work(on: connection) { failures = 0 }
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
        report.maintenance(problem: error)
        logger.error("no maintenance, trying again in \(pause.rounded)", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: pause)
      }
    }
  }

  /// One round of everything.
  ///
  /// - Returns: whether all went well.
  func runOnce() async throws -> Bool {
    let connection = try await PostgresConnection.connect(configuration, logger: logger)
    do {
      let retriesWork = try await isolated("pgq.maint_retry_events", connection) { try await retry(on: connection) }
      let maintenanceWorks = try await maintain(on: connection)
      await connection.close()
      return retriesWork && maintenanceWorks
    } catch {
      await connection.close()
      throw error
    }
  }

  private func work(on connection: PostgresConnection, _ succeeded: () -> Void) async throws {
    var nextRound = ContinuousClock.now
    var isWell = true
    while true {
      var retriesWork = true
      if try await isRetryDue(on: connection) {
        retriesWork = try await isolated("pgq.maint_retry_events", connection) { try await retry(on: connection) }
      }
      if ContinuousClock.now >= nextRound {
        isWell = try await maintain(on: connection)
        nextRound = .now + settings.maintenancePeriod
      }
      if isWell, retriesWork { report.maintenance(problem: nil) }
      succeeded()
      try await Task.sleep(for: min(settings.retryPeriod, max(.zero, nextRound - .now)))
    }
  }

  // MARK: Retries

  private func isRetryDue(on connection: PostgresConnection) async throws -> Bool {
    let sql = "select exists (select 1 from pgq.retry_queue where ev_retry_after <= now())"
    return try await connection.query(PostgresQuery(sql).prepared()).first?.decode(0) ?? false
  }

  private func retry(on connection: PostgresConnection) async throws {
    while true {
      let moved = try await connection.query("select pgq.maint_retry_events()").first?.decode(0, as: Int.self) ?? 0
      guard moved > 0 else { return }
      report.retried(moved)
    }
  }

  // MARK: The list

  private func maintain(on connection: PostgresConnection) async throws -> Bool {
    var isWell = true
    let list = try await connection.query("select func_name, func_arg from pgq.maint_operations()")
      .map { try $0.decode(String.self, String?.self) }
    for (function, argument) in list {
      let name = argument.map { "\(function) \($0)" } ?? function
      let succeeded = try await isolated(name, connection) {
        try await run(MaintenanceOperation(function: function, argument: argument), name, on: connection)
      }
      isWell = isWell && succeeded
    }
    return isWell
  }

  private func run(_ operation: MaintenanceOperation, _ name: String, on connection: PostgresConnection) async throws {
    switch operation {
    case .vacuum(let table, let analyze):
      try await connection.execute("vacuum \(analyze ? "analyze " : "")\(table.quoted)")
      report.maintained()
    case .function(let function, let argument):
      let query: PostgresQuery =
        if let argument { "select \(raw: function.quoted)(\(argument))" } else { "select \(raw: function.quoted)()" }
      for _ in 0..<Self.mostCalls {
        let answer = try await connection.query(query).first?.cell(0).text()
        report.maintained()
        guard let number = answer.flatMap({ Int($0) }), number != 0 else { return }
      }
      logger.warning(
        "maintenance does not come to an end, going on in the next round", metadata: ["operation": "\(name)"])
    }
  }

  /// Runs an operation; a failure of its own is logged, one of the connection is thrown.
  private func isolated(
    _ name: String, _ connection: PostgresConnection, _ operation: () async throws -> Void
  ) async throws -> Bool {
    do {
      try await operation()
      return true
    } catch let error as CancellationError {
      throw error
    } catch {
      guard await !connection.isClosed, !Task.isCancelled else { throw error }
      report.maintenance(problem: MaintenanceProblem(operation: name, cause: error))
      logger.error("maintenance failed", metadata: ["operation": "\(name)", "error": "\(error)"])
      return false
    }
  }
}

/// An operation of the maintenance list that fails.
private struct MaintenanceProblem: Error, CustomStringConvertible {
  var operation: String
  var cause: any Error

  var description: String { "\(operation): \(cause)" }
}
