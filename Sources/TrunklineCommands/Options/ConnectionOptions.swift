import ArgumentParser
import Foundation
import Logging
import PostgresClient

/// Which database a command works on.
struct ConnectionOptions: ParsableArguments {
  @Option(help: "libpq connection string or URI. Default: TRUNKLINE_DB, else the PG* environment.")
  var db: String?

  @Flag(help: "Show everything known about an error, and the server's notices.")
  var verbose = false

  /// The connection string to use.
  var connectionString: String {
    db ?? ProcessInfo.processInfo.environment["TRUNKLINE_DB"] ?? ""
  }

  /// Configuration for a connection of this command.
  var configuration: PostgresConfiguration { PostgresConfiguration(connectionString, applicationName: "trunkline") }

  /// Connects, lends the connection, and closes it. Warnings of the server go to standard error.
  func withConnection<Value>(
    _ body: (PostgresConnection) async throws -> sending Value
  ) async throws -> sending Value {
    try await PostgresConnection.with(configuration, logger: noticeLogger, body)
  }

  /// Shows the server's warnings (with --verbose also notices) with their hints.
  var noticeLogger: Logger {
    let level: Logger.Level = verbose ? .info : .warning
    return Logger(label: "postgres") { _ in NoticeLogHandler(logLevel: level) }
  }
}
