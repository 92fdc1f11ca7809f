import ArgumentParser
import Foundation
import PostgresClient

/// Which databases and queues a worker serves.
struct WorkerDatabases: ParsableArguments {
  @Option(
    help: """
      libpq connection string or URI of a node's database; may be repeated. With --target: the database to read from. \
      Default: TRUNKLINE_DB, else the PG* environment.
      """)
  var db: [String] = []

  @Option(
    help: """
      Cascaded queue of the nodes; may be repeated. Default: the only one of each database. With --target: queue of the captured \
      changes.
      """)
  var queue: [String] = []

  @Flag(help: "Work for every node that the databases are when the worker starts.")
  var allQueues = false

  /// A configuration for each database.
  var configurations: [PostgresConfiguration] {
    let texts = db.isEmpty ? [ProcessInfo.processInfo.environment["TRUNKLINE_DB"] ?? ""] : db
    return texts.map { PostgresConfiguration($0, applicationName: "trunkline replicate") }
  }
}
