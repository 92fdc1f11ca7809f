import Synchronization

/// Whether a daemon lives and does its work; told by its loops, read by /healthz and /readyz.
package final class DaemonHealth: Sendable {
  /// An answer: whether it is so, and in a few words why not.
  package struct Answer: Sendable, Equatable {
    package var isGood: Bool
    package var reason: String

    package init(_ isGood: Bool, _ reason: String) {
      self.isGood = isGood
      self.reason = reason
    }
  }

  private struct State {
    var lastBeat = ContinuousClock.now
    var problem: String? = "starting"
  }

  private let state = Mutex(State())
  private let longestSilence: Duration?

  /// - Parameter longestSilence: a loop that does not beat for so long hangs; `nil`: it may be silent for any time.
  package init(longestSilence: Duration? = nil) { self.longestSilence = longestSilence }

  /// The loop came round, and its work succeeds.
  package func succeeded() {
    state.withLock { state in
      state.lastBeat = .now
      state.problem = nil
    }
  }

  /// The loop came round, but cannot work.
  package func failed(_ problem: String) {
    state.withLock { state in
      state.lastBeat = .now
      state.problem = problem
    }
  }

  /// The loop came round: without an error, or with the one that it met.
  package func cameRound(_ error: (any Error)?) {
    if let error { failed("\(error)") } else { succeeded() }
  }

  /// Whether the loop still comes round: else only a restart helps.
  package var liveness: Answer {
    guard let longestSilence else { return Answer(true, "alive") }
    let silence = ContinuousClock.now - state.withLock(\.lastBeat)
    return silence <= longestSilence
      ? Answer(true, "alive") : Answer(false, "the main loop is silent for \(silence.components.seconds) s")
  }

  /// Whether the work succeeds.
  package var readiness: Answer {
    let problem = state.withLock(\.problem)
    return Answer(problem == nil && liveness.isGood, problem ?? liveness.reason)
  }
}
