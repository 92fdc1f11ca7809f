/// What became of a delivery.
struct WorkResult: Sendable {
  /// Of the events up to `end`, without those that come after one of the same key that failed.
  var outcomes: [(event: Int64, outcome: EventOutcome)]
  /// The last event that was worked on when others remain; nil when none do.
  var end: Int64?
  /// Nothing was worked on: everything is given back.
  var isUntouched = false
  /// Why the work ended early.
  var failure: (any Error)?

  /// Everything is done.
  static let done = WorkResult(outcomes: [], end: nil)

  /// The reason and the delay when all events failed in the same way.
  var commonFailure: (reason: String, delay: String?)? {
    guard end == nil, outcomes.count > 1, case .retry(let reason, let delay) = outcomes[0].outcome,
      outcomes.allSatisfy({ $0.outcome == outcomes[0].outcome })
    else { return nil }
    return (reason, delay)
  }
}
