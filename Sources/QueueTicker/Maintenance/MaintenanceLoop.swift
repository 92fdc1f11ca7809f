import EventFormats
import Logging
import PostgresClient

/// Maintains the queues of one database over a connection of its own: table rotation, and whatever else the database puts
/// on its list.
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
    await LastingConnection(configuration: configuration, logger: logger).use { connection, succeeded in
      while true {
        if try await maintain(on: connection) { report.maintenance(problem: nil) }
        succeeded()
        try await Task.sleep(for: settings.maintenancePeriod)
      }
    } failed: { error, pause in
      report.maintenance(problem: error)
      logger.error("no maintenance, trying again in \(pause)", metadata: ["error": "\(error)"])
    }
  }

  /// One round of everything.
  ///
  /// - Returns: whether all went well.
  func runOnce() async throws -> Bool {
    let connection = try await PostgresConnection.connect(configuration, logger: logger)
    do {
      let isWell = try await maintain(on: connection)
      await connection.close()
      return isWell
    } catch {
      await connection.close()
      throw error
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
      let before = ContinuousClock.now
      try await connection.execute("vacuum \(analyze ? "analyze " : "")\(table.quoted)")
      report.maintained("vacuum", in: .now - before)
    case .function(let function, let argument):
      let query: PostgresQuery =
        if let argument { "select \(raw: function.quoted)(\(argument))" } else { "select \(raw: function.quoted)()" }
      for _ in 0..<Self.mostCalls {
        let before = ContinuousClock.now
        let answer = try await connection.query(query).first?.cell(0).text()
        report.maintained("\(function)", in: .now - before)
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
      report.metrics.maintenanceFailed(name.prefix { $0 != " " }.description)
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
