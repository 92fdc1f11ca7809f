import Synchronization

/// What a ticker did and how its databases are, for whoever wants to know while it runs.
public final class TickerStatus: Sendable {
  private struct State {
    var databases: [String: DatabaseHealth] = [:]
    var counts = TickerCounts()
    var metrics: [String: TickerMetrics] = [:]
    var lastBeat = ContinuousClock.now
  }

  private let state = Mutex(State())

  init() {}

  /// How each database is served, by its name.
  public var databases: [String: DatabaseHealth] { state.withLock { $0.databases } }

  /// Work done since the start.
  public var counts: TickerCounts { state.withLock { $0.counts } }

  /// Since when the database is not served that is without service for the longest time; `nil` when all are.
  public var unhealthySince: ContinuousClock.Instant? {
    databases.values.compactMap { health -> ContinuousClock.Instant? in
      guard case .unhealthy(let since, _) = health.state else { return nil }
      return since
    }.min()
  }

  func update(_ database: String, _ change: (inout DatabaseHealth) -> Void) {
    state.withLock { change(&$0.databases[database, default: DatabaseHealth()]) }
  }

  /// A database whose queues were not looked at for so long is not served, whatever the reason.
  func noteStalled(after limit: Duration) {
    state.withLock { state in
      for (name, health) in state.databases where health.state == .ticking {
        guard let last = health.lastLook, .now - last > limit else { continue }
        state.databases[name]?.state = .unhealthy(since: last, reason: "the server does not answer")
      }
    }
  }

  func remove(_ database: String) {
    state.withLock { state in
      state.databases[database] = nil
      state.metrics[database]?.active(false)
    }
  }

  /// When the service last looked after itself; it hangs when that is long ago.
  package var lastBeat: ContinuousClock.Instant { state.withLock(\.lastBeat) }

  func beat() { state.withLock { $0.lastBeat = .now } }

  /// The numbers of a database's ticker.
  ///
  /// - Parameter label: what they call the database.
  func metrics(of database: String, label: String) -> TickerMetrics {
    state.withLock { state in
      if let known = state.metrics[database] { return known }
      let metrics = TickerMetrics(database: label)
      state.metrics[database] = metrics
      return metrics
    }
  }

  func count(_ change: (inout TickerCounts) -> Void) { state.withLock { change(&$0.counts) } }
}

/// Where the parts of one database's ticker tell what happens.
struct DatabaseReport: Sendable {
  let status: TickerStatus
  let database: String
  let metrics: TickerMetrics

  /// - Parameter label: what metrics call the database.
  init(status: TickerStatus, database: String, label: String? = nil) {
    self.status = status
    self.database = database
    metrics = status.metrics(of: database, label: label ?? database)
  }

  func ticked(in time: Duration) {
    status.count { $0.ticks += 1 }
    metrics.ticked(time)
  }

  /// - Parameter operation: the function, without its argument.
  func maintained(_ operation: String, in time: Duration) {
    status.count { $0.maintenance += 1 }
    metrics.maintained(operation, time)
  }

  func moved(_ count: Int, _ events: DueEvents) {
    status.count { counts in
      switch events {
      case .delayed: counts.delayed += count
      case .retries: counts.retries += count
      }
    }
    switch events {
    case .delayed: metrics.delivered(count)
    case .retries: metrics.retried(count)
    }
  }

  func failed(queue: String, _ error: any Error) {
    status.update(database) { $0.failingQueues[queue] = "\(error)" }
    metrics.tickFailed(queue: queue)
  }

  /// The queues were looked at; all others than those `failing` are well.
  func looked(failing: [String]) {
    status.update(database) { health in
      if health.state != .ticking { metrics.active(true) }
      health.state = .ticking
      health.lastLook = .now
      if !health.failingQueues.isEmpty {
        health.failingQueues = health.failingQueues.filter { failing.contains($0.key) }
      }
    }
  }

  func maintenance(problem: (any Error)?) {
    status.update(database) { $0.maintenanceProblem = problem.map { "\($0)" } }
  }

  func due(problem: (any Error)?) {
    status.update(database) { $0.dueProblem = problem.map { "\($0)" } }
  }

  func state(_ state: DatabaseHealth.State) {
    status.update(database) { $0.state = state }
    if state != .ticking { metrics.active(false) }
  }

  /// Service is interrupted; the time of the first failure in a row stays.
  func unhealthy(_ error: any Error) {
    metrics.reconnected()
    metrics.active(false)
    status.update(database) { health in
      if case .unhealthy(let since, _) = health.state {
        health.state = .unhealthy(since: since, reason: "\(error)")
      } else {
        health.state = .unhealthy(since: .now, reason: "\(error)")
      }
    }
  }
}
