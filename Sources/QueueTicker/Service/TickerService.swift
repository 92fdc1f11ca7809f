public import Logging
public import ServiceLifecycle
import Synchronization

/// Makes the ticks of queues and maintains them, for one or many databases.
///
/// Every database has its own connections and its own troubles: none of them affects another one. Several services may serve
/// the same database: one is active, the others stand by and take over when it ends.
public final class TickerService: Service {
  /// How the databases are, while the service runs.
  public let status = TickerStatus()

  private let current: Mutex<TickerSettings>
  /// How to reach the databases that are served, by name.
  private let served = Mutex<[String: String]>([:])
  private let logger: Logger
  /// Asks for a search for databases.
  private let searches: AsyncStream<Void>
  private let searchInput: AsyncStream<Void>.Continuation

  /// Makes a service; nothing happens before ``run()``.
  public init(settings: TickerSettings, logger: Logger) {
    current = Mutex(settings)
    self.logger = logger
    (searches, searchInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Goes on with these settings, and looks for databases again. Databases that are served already are disturbed only
  /// when something else than the choice of databases has changed.
  public func reload(_ settings: TickerSettings) {
    current.withLock { $0 = settings }
    searchInput.yield()
  }

  /// Serves until the task is cancelled or the service is to shut down. Ticks that are being made are finished then.
  ///
  /// - Throws: ``TickerError`` when a database was unhealthy for longer than allowed.
  public func run() async throws {
    try await cancelWhenGracefulShutdown { try await self.serve() }
  }

  /// Serves every database once: all ticks that are due, and all maintenance.
  ///
  /// - Returns: whether all went well; every failure is logged.
  public func runOnce() async -> Bool {
    do {
      let targets = try await DatabaseSearch(databases: settings.databases, logger: logger).run(known: [])
      if targets.isEmpty { logger.notice("no database has schema pgq") }
      var isWell = true
      for target in targets.sorted(by: { $0.name < $1.name }) {
        let succeeded = await ticker(target, settings).runOnce()
        isWell = isWell && succeeded
      }
      logger.info("done: \(status.counts)")
      return isWell
    } catch {
      logger.error("databases cannot be listed", metadata: ["error": "\(error)"])
      return false
    }
  }

  private func serve() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await self.superviseDatabases() }
      group.addTask { try await self.watchHealth() }
      group.addTask { await self.logStatistics() }
      group.addTask { await self.searchRegularly() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private var settings: TickerSettings { current.withLock { $0 } }

  private func ticker(_ target: DatabaseTarget, _ settings: TickerSettings) -> DatabaseTicker {
    DatabaseTicker(
      connectionString: target.connectionString, name: target.name, settings: settings, status: status, logger: logger)
  }

  /// Connection strings of the databases where this service makes the ticks now, by the names that they have in logs.
  package var activeDatabases: [String: String] {
    let databases = status.databases
    return served.withLock { $0.filter { databases[$0.key]?.state == .ticking } }
  }

  // MARK: Databases

  /// Starts and stops the tickers of databases as these come and go.
  private func superviseDatabases() async {
    var running: [DatabaseTarget: Task<Void, Never>] = [:]
    var used = settings
    await search(used, &running)
    for await _ in searches {
      let settings = settings
      if !settings.differsOnlyInDatabases(from: used) {
        await stop(running)
        running = [:]
      }
      if settings != used { logger.notice("other settings in use") }
      used = settings
      await search(used, &running)
    }
    await stop(running)
  }

  private func searchRegularly() async {
    while (try? await Task.sleep(for: settings.checkPeriod)) != nil { searchInput.yield() }
  }

  private func search(_ settings: TickerSettings, _ running: inout [DatabaseTarget: Task<Void, Never>]) async {
    let list = "(list of databases)"
    do {
      let targets = try await DatabaseSearch(databases: settings.databases, logger: logger).run(
        known: Set(running.keys))
      status.remove(list)
      for (target, task) in running where !targets.contains(target) {
        logger.notice("database is not served any more", metadata: ["db": "\(target.name)"])
        await stop([target: task])
        running[target] = nil
        served.withLock { $0[target.name] = nil }
      }
      for target in targets where running[target] == nil {
        let ticker = ticker(target, settings)
        served.withLock { $0[target.name] = target.connectionString }
        running[target] = Task { await ticker.run() }
      }
    } catch {
      guard !Task.isCancelled else { return }
      DatabaseReport(status: status, database: list).unhealthy(error)
      logger.error("databases cannot be listed", metadata: ["error": "\(error)"])
    }
  }

  private func stop(_ tickers: [DatabaseTarget: Task<Void, Never>]) async {
    for task in tickers.values { task.cancel() }
    for (target, task) in tickers {
      await task.value
      status.remove(target.name)
    }
  }

  // MARK: Watching

  private func watchHealth() async throws {
    while (try? await Task.sleep(for: .seconds(1))) != nil {
      status.beat()
      status.noteStalled(after: .seconds(60))
      guard let limit = settings.exitAfterUnhealthy, let since = status.unhealthySince else { continue }
      let time = ContinuousClock.now - since
      guard time >= limit else { continue }
      let names = status.databases.filter { if case .unhealthy = $0.value.state { true } else { false } }.keys.sorted()
      throw TickerError.unhealthy(databases: names, since: time)
    }
  }

  private func logStatistics() async {
    var last = TickerCounts()
    while (try? await Task.sleep(for: settings.statisticsPeriod)) != nil {
      let counts = status.counts
      logger.info("\(counts - last)")
      for (name, health) in status.databases.sorted(by: { $0.key < $1.key }) where !health.isHealthy {
        logger.warning("not well: \(health)", metadata: ["db": "\(name)"])
      }
      last = counts
    }
  }
}

/// Why a ticker service ends by itself.
public enum TickerError: Error, CustomStringConvertible, Sendable {
  /// These databases could not be served for longer than allowed.
  case unhealthy(databases: [String], since: Duration)

  /// One sentence.
  public var description: String {
    switch self {
    case .unhealthy(let databases, let since):
      "not served for \(since.rounded): \(databases.joined(separator: ", "))"
    }
  }
}
