package import EventFormats

/// What a ticker does for a queue right now.
package enum TickDecision: Sendable, Equatable {
  /// A tick is due.
  case tick(TickReason)
  /// None is due before this time has passed, unless something happens.
  case wait(Duration)
}

/// Why a tick is due.
package enum TickReason: String, Sendable {
  /// It is not known which transactions earlier ticks left out.
  case unsettledBefore
  /// There are new events.
  case events
  /// A transaction that an earlier tick left out has ended.
  case settled
  /// It is time for one, although nothing happened.
  case idle
  /// The event sequence is gone: the attempt will say so.
  case brokenSequence
}

/// What a ticker remembers about one queue between two looks at the database.
///
/// The event sequence says that there are events before they are committed. A tick made then does not contain them, and
/// nothing visible changes when they are committed later. So the transactions that a tick may have left out are watched:
/// each time some of them have ended another tick follows.
package struct QueueTickState: Sendable, Equatable {
  /// Transactions that may hold numbered events and that no tick contains yet.
  package private(set) var watched = WatchedTransactions()
  /// Whether a watched transaction has ended since the last tick.
  private var isTickOwed = false
  /// Event sequence of the last tick whose left-out transactions are known.
  private var coveredSequence: Int64?
  private var failures = 0
  private var pausedUntil: Duration?

  /// Nothing is known: the first decision is a tick.
  package init() {}

  /// Whether tick attempts of this queue fail.
  package var isFailing: Bool { failures > 0 }

  /// Decides. `now` is any monotonic time.
  package mutating func decide(
    _ queue: QueueObservation, snapshot: TransactionSnapshot, policy: TickPolicy, now: Duration
  ) -> TickDecision {
    if watched.update(with: snapshot) { isTickOwed = true }
    if let pausedUntil, pausedUntil > now { return .wait(pausedUntil - now) }
    guard let lastTick = queue.lastTick, let coveredSequence else { return .tick(.unsettledBefore) }
    guard queue.eventSequence != nil else { return .tick(.brokenSequence) }

    let newEvents = queue.newEvents
    if newEvents >= queue.maximumCount, newEvents > 0 { return .tick(.events) }

    // somebody else made a tick over new events, and it is not known what that left out
    let isForeign = lastTick.eventSequence != coveredSequence
    let reason: TickReason? =
      if newEvents > 0 { .events } else if isTickOwed { .settled } else if isForeign { .unsettledBefore } else { nil }
    if let reason {
      let remaining = policy.interval(queue) - lastTick.age
      return remaining > .zero ? .wait(remaining) : .tick(reason)
    }

    let remaining = TickPolicy.idleInterval(queue) - lastTick.age
    return remaining > .zero ? .wait(remaining) : .tick(.idle)
  }

  /// Notes a tick.
  package mutating func ticked(_ tick: MadeTick) {
    failures = 0
    pausedUntil = nil
    isTickOwed = false
    if tick.eventSequence == coveredSequence {
      // no event was numbered since, so only transactions that are watched already may have some
      _ = watched.update(with: tick.snapshot)
    } else {
      watched = WatchedTransactions(runningIn: tick.snapshot, before: tick.transaction)
      coveredSequence = tick.eventSequence
    }
  }

  /// Notes a failed attempt: the next one comes after 1 s, then 2 s, and so on up to a minute.
  ///
  /// - Returns: the pause.
  package mutating func failed(now: Duration) -> Duration {
    failures += 1
    let pause = min(Duration.seconds(1) * (1 << min(failures - 1, 10)), .seconds(60))
    pausedUntil = now + pause
    return pause
  }
}
