/// How a database is served.
public struct DatabaseHealth: Sendable, Equatable, CustomStringConvertible {
  /// What the ticker of a database does.
  public enum State: Sendable, Equatable {
    /// The first connection is being made.
    case connecting
    /// There is nothing to tick: schema `pgq` is not installed.
    case waitingForSchema
    /// Another ticker has this database; this one takes over when that ends.
    case standby
    /// Ticks are made.
    case ticking
    /// Nothing works since that time, for that reason.
    case unhealthy(since: ContinuousClock.Instant, reason: String)
  }

  /// What its ticker does.
  public var state = State.connecting
  /// Queues that cannot be ticked, and why. The others are.
  public var failingQueues: [String: String] = [:]
  /// Why maintenance does not work; `nil` when it does.
  public var maintenanceProblem: String?
  /// Why delayed events and retries are not delivered; `nil` when they are.
  public var dueProblem: String?
  /// When the queues were last looked at.
  public var lastLook: ContinuousClock.Instant?

  /// Whether all is well.
  public var isHealthy: Bool {
    if case .unhealthy = state { return false }
    return failingQueues.isEmpty && maintenanceProblem == nil && dueProblem == nil
  }

  /// One line.
  public var description: String {
    var text =
      switch state {
      case .connecting: "connecting"
      case .waitingForSchema: "schema pgq is not installed"
      case .standby: "stand-by"
      case .ticking: "ticking"
      case .unhealthy(let since, let reason): "unhealthy since \((ContinuousClock.now - since).rounded): \(reason)"
      }
    for (queue, reason) in failingQueues.sorted(by: { $0.key < $1.key }) { text += "; queue \(queue): \(reason)" }
    if let maintenanceProblem { text += "; maintenance: \(maintenanceProblem)" }
    if let dueProblem { text += "; delayed events and retries: \(dueProblem)" }
    return text
  }
}

/// Work that was done.
public struct TickerCounts: Sendable, Equatable, CustomStringConvertible {
  /// Ticks made.
  public var ticks = 0
  /// Maintenance operations run.
  public var maintenance = 0
  /// Events moved from the retry queue back into their queues.
  public var retries = 0
  /// Events delivered that were sent with a delay.
  public var delayed = 0

  /// As `pgqd` writes it, and what it does not know.
  public var description: String { "{ticks: \(ticks), maint: \(maintenance), retry: \(retries), delayed: \(delayed)}" }

  static func - (one: TickerCounts, other: TickerCounts) -> TickerCounts {
    TickerCounts(
      ticks: one.ticks - other.ticks, maintenance: one.maintenance - other.maintenance,
      retries: one.retries - other.retries, delayed: one.delayed - other.delayed)
  }
}

extension Duration {
  /// For logs: whole seconds from 10 s on.
  var rounded: Duration {
    self >= .seconds(10) ? .seconds(components.seconds) : .milliseconds(Int64(self / .milliseconds(1)))
  }
}
