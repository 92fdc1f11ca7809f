/// Which event of a delivery may be worked on next. A value without I/O.
///
/// Events start in order. Where order by key is kept, an event waits for earlier ones of its key, and is left alone once
/// one of these failed: it is delivered after that one.
struct DeliveryProgress {
  private enum State: Equatable {
    case waiting
    case running
    case finished(EventOutcome)
    /// Comes after an event of the same key that failed.
    case behind
  }

  let events: [ReceivedEvent]
  private let isOrdered: Bool
  private var states: [State]
  /// Every event before this one was started.
  private var firstWaiting = 0
  /// The last event that was started.
  private var lastStarted = -1
  private var busyKeys: Set<String> = []
  private var failedKeys: Set<String> = []

  init(_ events: [ReceivedEvent], isOrdered: Bool) {
    self.events = events
    self.isOrdered = isOrdered
    states = Array(repeating: .waiting, count: events.count)
  }

  /// Takes the next event that may start now.
  ///
  /// - Parameter isStopping: only events are taken that stand before one that was started already, so that what is
  ///   finished in the end has no holes.
  mutating func start(isStopping: Bool) -> Int? {
    while firstWaiting < states.count, states[firstWaiting] != .waiting { firstWaiting += 1 }
    for index in firstWaiting..<max(firstWaiting, isStopping ? lastStarted + 1 : states.count)
    where states[index] == .waiting {
      if isOrdered, let key = events[index].key {
        if failedKeys.contains(key) {
          states[index] = .behind
          lastStarted = max(lastStarted, index)
          continue
        }
        guard busyKeys.insert(key).inserted else { continue }
      }
      states[index] = .running
      lastStarted = max(lastStarted, index)
      return index
    }
    return nil
  }

  mutating func finish(_ index: Int, _ outcome: EventOutcome) {
    states[index] = .finished(outcome)
    guard isOrdered, let key = events[index].key else { return }
    busyKeys.remove(key)
    if case .retry = outcome { failedKeys.insert(key) }
  }

  /// The event was not worked on after all; it and what comes after it are given back.
  mutating func abandon(_ index: Int) { states[index] = .waiting }

  /// What became of the delivery, when nothing runs any more: the outcomes up to the first event that is left.
  func result(_ failure: (any Error)?) -> WorkResult {
    let count = states.firstIndex(of: .waiting) ?? states.count
    let outcomes = zip(events, states).prefix(count).compactMap { event, state in
      if case .finished(let outcome) = state { (event.id, outcome) } else { nil }
    }
    return WorkResult(
      outcomes: outcomes, end: count > 0 && count < events.count ? events[count - 1].id : nil,
      isUntouched: count == 0, failure: failure)
  }
}
