/// What waits in the database for its time.
package enum DueEvents: String, Sendable, CaseIterable {
  /// Events that were sent to be delivered later.
  case delayed
  /// Events that a consumer asked to see again later.
  case retries
}

/// When a ticker moves events whose time has come, and how long it waits in between.
package struct DueSchedule: Sendable, Equatable {
  /// What comes next.
  package enum Step: Sendable, Equatable {
    /// Move a portion of these, then look again.
    case move(DueEvents)
    /// Wait for an announcement, at most for this time, then look again.
    case wait(Duration)
  }

  /// What a look at the database found: time until the first of them is due, `nil` when there are none.
  package struct Findings: Sendable, Equatable {
    package var delayed: Duration?
    package var retries: Duration?

    /// Makes findings.
    package init(delayed: Duration? = nil, retries: Duration? = nil) {
      self.delayed = delayed
      self.retries = retries
    }

    subscript(_ events: DueEvents) -> Duration? {
      switch events {
      case .delayed: delayed
      case .retries: retries
      }
    }
  }

  private struct Pause: Sendable, Equatable {
    var length: Duration
    var end: Duration
  }

  /// The longest time without a look, for whatever is not announced.
  package var longestWait: Duration
  private var pauses: [DueEvents: Pause] = [:]
  private var lastMoved: DueEvents?

  /// Looks once in `longestWait` when nothing is due and nothing is announced.
  package init(longestWait: Duration) { self.longestWait = longestWait }

  /// Decides after a look. `now` is any monotonic time.
  package mutating func looked(_ findings: Findings, now: Duration) -> Step {
    var wait = longestWait
    // Neither kind keeps the other from being moved, however many there are.
    for events in DueEvents.allCases.sorted(by: { $1 == lastMoved && $0 != lastMoved }) {
      guard var remaining = findings[events] else { continue }
      if let pause = pauses[events] { remaining = max(remaining, pause.end - now) }
      if remaining <= .zero { return .move(events) }
      wait = min(wait, remaining)
    }
    return .wait(max(wait, .milliseconds(1)))
  }

  /// Notes that so many were moved. None, although some were due: another ticker is at them, and they are left to it for
  /// a while.
  package mutating func moved(_ count: Int, _ events: DueEvents, now: Duration) {
    lastMoved = events
    if count > 0 { pauses[events] = nil } else { pause(events, from: .milliseconds(5), to: longestWait, now) }
  }

  /// Notes that moving failed.
  ///
  /// - Returns: the pause: 100 ms, then 200 ms, and so on up to ten seconds.
  package mutating func failed(_ events: DueEvents, now: Duration) -> Duration {
    lastMoved = events
    return pause(events, from: .milliseconds(100), to: .seconds(10), now)
  }

  @discardableResult
  private mutating func pause(
    _ events: DueEvents, from shortest: Duration, to longest: Duration, _ now: Duration
  ) -> Duration {
    let length = min(max(shortest, (pauses[events]?.length ?? .zero) * 2), longest)
    pauses[events] = Pause(length: length, end: now + length)
    return length
  }
}
