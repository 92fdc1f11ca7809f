import EventFormats
import EventQueue
import Logging
import PostgresClient
import PostgresTesting
import TableReplication

extension MovingFixture {
  /// A worker that loads tables.
  func loader(_ options: LoadOptions) -> TransferWorker {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return worker(start: TableLoad(options, logger: logger).start)
  }

  /// Runs SQL at the source, makes a tick, and loads what came of it.
  @discardableResult
  func load(_ sql: String, _ options: LoadOptions = LoadOptions()) async throws -> TransferOutcome {
    try await source.run(sql)
    try await tick()
    return try await loader(options).drain()
  }

  /// Runs the same SQL on both sides.
  func both(_ sql: String) async throws {
    try await source.run(sql)
    try await target.run(sql)
  }

  /// The rows of a table of the target, as `select` says.
  func rows(_ table: String, _ select: String = "t::text") async throws -> String {
    try await target.value("select coalesce(string_agg(\(select), ' ' order by \(select)), '') from \(table) t")
  }
}

extension LoadOptions {
  static func with(_ change: (inout LoadOptions) throws -> Void) rethrows -> LoadOptions {
    var options = LoadOptions()
    try change(&options)
    return options
  }
}
