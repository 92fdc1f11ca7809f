import Synchronization

/// What a ticker did and how its databases are, for whoever wants to know while it runs.
public final class TickerStatus: Sendable {
  private struct State {
    var databases: [String: DatabaseHealth] = [:]
    var counts = TickerCounts()
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

  func remove(_ database: String) { state.withLock { $0.databases[database] = nil } }

  func count(_ change: (inout TickerCounts) -> Void) { state.withLock { change(&$0.counts) } }
}

/// Where the parts of one database's ticker tell what happens.
struct DatabaseReport: Sendable {
  let status: TickerStatus
  let database: String

  func ticked() { status.count { $0.ticks += 1 } }

  func maintained() { status.count { $0.maintenance += 1 } }

  func moved(_ count: Int, _ events: DueEvents) {
    status.count { counts in
      switch events {
      case .delayed: counts.delayed += count
      case .retries: counts.retries += count
      }
    }
  }

  func failed(queue: String, _ error: any Error) {
    status.update(database) { $0.failingQueues[queue] = "\(error)" }
  }

  /// The queues were looked at; all others than those `failing` are well.
  func looked(failing: [String]) {
    status.update(database) { health in
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

  func state(_ state: DatabaseHealth.State) { status.update(database) { $0.state = state } }

  /// Service is interrupted; the time of the first failure in a row stays.
  func unhealthy(_ error: any Error) {
    status.update(database) { health in
      if case .unhealthy(let since, _) = health.state {
        health.state = .unhealthy(since: since, reason: "\(error)")
      } else {
        health.state = .unhealthy(since: .now, reason: "\(error)")
      }
    }
  }
}
