/// What is to be done again and again, each after its own period. A pure value.
struct Periods<Duty: Hashable & Sendable>: Sendable {
  private var last: [Duty: ContinuousClock.Instant] = [:]

  init() {}

  /// Whether a duty is due, which it is at first; then it counts as done.
  mutating func isDue(_ duty: Duty, every period: Duration, now: ContinuousClock.Instant = .now) -> Bool {
    if let last = last[duty], now - last < period { return false }
    last[duty] = now
    return true
  }

  /// Makes a duty due at once.
  mutating func reset(_ duty: Duty) { last[duty] = nil }
}
