/// How long to wait before the next attempt: doubling, with jitter, up to a cap. A value without a clock.
public struct Backoff: Sendable, Equatable {
  /// Wait after the first failure.
  public let initial: Duration
  /// No wait is longer.
  public let maximum: Duration
  /// Failures since the last success.
  public private(set) var failures = 0

  /// Waits between `initial` and `maximum`.
  public init(initial: Duration = .milliseconds(100), maximum: Duration = .seconds(30)) {
    self.initial = max(initial, .milliseconds(1))
    self.maximum = max(maximum, self.initial)
  }

  /// Counts a failure and returns how long to wait: half of the full wait is fixed, half is random, so that many
  /// clients of one server do not come back together.
  public mutating func failed(using random: inout some RandomNumberGenerator) -> Duration {
    failures += 1
    var full = initial
    for _ in 1..<failures where full < maximum { full *= 2 }
    return min(full, maximum) * Double.random(in: 0.5...1, using: &random)
  }

  /// Counts a failure and returns how long to wait.
  public mutating func failed() -> Duration {
    var random = SystemRandomNumberGenerator()
    return failed(using: &random)
  }

  /// The next failure waits `initial` again.
  public mutating func succeeded() { failures = 0 }
}
