import Logging
import PostgresClient
import StatusModel

/// Reads the numbers of databases for scrapes: one look at a time, and none when the last one is young.
actor DatabaseScraper {
  private let databases: @Sendable () -> [ServedDatabase]
  private let freshness: Duration
  private let limit: Duration
  private let logger: Logger
  private var last: (time: ContinuousClock.Instant, families: [MetricFamily])?
  private var running: Task<[MetricFamily], Never>?

  /// - Parameters:
  ///   - freshness: results younger than this are given again.
  ///   - limit: for one database; what takes longer is given up for this scrape.
  init(
    _ databases: @escaping @Sendable () -> [ServedDatabase], freshness: Duration = .seconds(1),
    limit: Duration = .seconds(5), logger: Logger
  ) {
    self.databases = databases
    self.freshness = freshness
    self.limit = limit
    self.logger = logger
  }

  /// The numbers of all databases.
  func families() async -> [MetricFamily] {
    if let last, ContinuousClock.now - last.time < freshness { return last.families }
    if let running { return await running.value }
    let task = Task { await read() }
    running = task
    let families = await task.value
    running = nil
    last = (.now, families)
    return families
  }

  /// Four databases at a time.
  private func read() async -> [MetricFamily] {
    var rest = databases()[...]
    var families: [MetricFamily] = []
    await withTaskGroup(of: [MetricFamily].self) { group in
      func begin() {
        guard let database = rest.popFirst() else { return }
        group.addTask { [limit, logger] in await Self.read(database, limit, logger) }
      }
      for _ in 0..<4 { begin() }
      for await found in group {
        families += found
        begin()
      }
    }
    return families
  }

  private static func read(_ database: ServedDatabase, _ limit: Duration, _ logger: Logger) async -> [MetricFamily] {
    var configuration = StatusReader.configuration(database.configuration, applicationName: "trunkline metrics")
    configuration.connectTimeout = limit
    configuration.statementTimeout = limit
    do {
      let snapshot = try await withTimeLimit(limit) { [configuration] in
        try await StatusReader.read(configuration, logger: logger)
      }
      return DatabaseMetrics.families(snapshot, database: database.name)
    } catch {
      logger.warning(
        "no numbers of this database for a scrape", metadata: ["db": "\(database.name)", "error": "\(error)"])
      return [DatabaseMetrics.unreachable(database.name)]
    }
  }
}

/// Cancels work that takes too long.
func withTimeLimit<Value: Sendable>(
  _ limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else {
      throw PostgresError(.timedOut, "not done within \(limit)")
    }
    return value
  }
}
