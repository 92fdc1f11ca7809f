package import EventFormats

/// How often a ticker looks at its database.
///
/// While events flow it is *awake*: it looks again and again, and producers have nothing to do with it. When nothing
/// happened for a while it falls *asleep*: producers see that and send a notification, for which it waits. Single events
/// are served asleep; only when notifications follow each other quickly does it wake up.
///
/// A producer that saw it awake just before it fell asleep sends nothing. Such a transaction was running at that time, so
/// the end of all that were running is watched in short intervals before the wait becomes a long one.
package struct TickerRhythm: Sendable, Equatable {
  /// What comes next.
  package enum Step: Sendable, Equatable {
    /// Look again after this time.
    case pause(Duration)
    /// Tell producers to notify, then call ``fellAsleep(watching:)`` and look again at once.
    case fallAsleep
    /// Tell producers that they need not notify, then call ``wokeUp()`` and look again.
    case wakeUp
    /// Wait for a notification up to this time, then look again.
    case listen(Duration)
  }

  /// What a look at the database found.
  package struct Findings: Sendable, Equatable {
    /// Whether a queue had new events, or transactions that were watched had ended.
    package var isActive: Bool
    /// Time until the next tick is due if nothing happens; `nil` when there are no queues.
    package var nextDue: Duration?
    /// How long it took.
    package var cost: Duration

    /// Makes findings.
    package init(isActive: Bool, nextDue: Duration? = nil, cost: Duration = .zero) {
      self.isActive = isActive
      self.nextDue = nextDue
      self.cost = cost
    }
  }

  /// Time between two looks while events flow.
  package var interval: Duration
  /// Nothing new for so long: fall asleep.
  package var quietTime = Duration.milliseconds(100)
  /// Activity follows activity within this time: wake up.
  package var busyTime = Duration.milliseconds(30)
  /// The longest time without a look, for whatever does not notify: settings, new queues, prepared transactions.
  package var longestWait = Duration.seconds(1)

  /// Time between two looks when nothing happens, for a ticker that never sleeps; `nil`: it sleeps.
  package var sleeplessInterval: Duration?

  /// Whether producers need not notify.
  package private(set) var isAwake = true
  /// Transactions that may not have seen that the ticker sleeps.
  package private(set) var watched = WatchedTransactions()
  private var lastActivity: Duration?
  private var lastLook: Duration?

  /// Starts awake.
  package init(policy: TickPolicy) {
    // Without a latency goal only counts and lags matter, which are a matter of seconds.
    interval = policy.latency ?? .milliseconds(100)
  }

  /// Decides after each look. `now` is any monotonic time; `snapshot` that of the look, `nil` when there are no queues.
  package mutating func looked(_ findings: Findings, snapshot: TransactionSnapshot?, now: Duration) -> Step {
    if let snapshot { _ = watched.update(with: snapshot) } else { watched = WatchedTransactions() }
    let sinceActivity = lastActivity.map { now - $0 }
    if findings.isActive || lastActivity == nil { lastActivity = now }

    if isAwake {
      guard !findings.isActive, let sinceActivity, sinceActivity >= max(quietTime, interval * 2) else {
        // looking must not cost more than about a third of the time, however many queues there are
        return .pause(max(interval, findings.cost * 2))
      }
      return sleeplessInterval.map { .pause(max($0, interval)) } ?? .fallAsleep
    }
    if findings.isActive, let sinceActivity, sinceActivity <= max(busyTime, interval * 2) { return .wakeUp }
    return .listen(min(max(findings.nextDue ?? longestWait, .milliseconds(1)), longestWait))
  }

  /// Producers notify from now on; `transactions` may not know it.
  package mutating func fellAsleep(watching transactions: WatchedTransactions) {
    isAwake = false
    watched = transactions
  }

  /// Producers do not notify any more.
  package mutating func wokeUp() {
    isAwake = true
    watched = WatchedTransactions()
  }
}

/// Distances between looks at transactions that are watched while asleep: short at first, as most end soon.
package struct WatchIntervals: Sendable, Equatable {
  private var next = Duration.milliseconds(2)

  /// Begins with 2 ms.
  package init() {}

  /// The next distance: each is half as long again as the one before, up to 100 ms.
  package mutating func take() -> Duration {
    defer { next = min(next * 3 / 2, .milliseconds(100)) }
    return next
  }
}
