/// Spreads bytes over time so that no more than so many a second go by on average.
struct ByteThrottle: Sendable {
  /// Bytes a second.
  let rate: Int64
  /// When everything that was let through so far is paid for.
  private var paidUntil: Duration = .zero

  init(rate: Int64) { self.rate = max(1, rate) }

  /// Notes bytes that are about to go by.
  ///
  /// - Parameter now: the time since any fixed moment.
  /// - Returns: how long to wait before.
  mutating func wait(for bytes: Int, at now: Duration) -> Duration {
    let start = max(now, paidUntil)
    paidUntil = start + .seconds(Double(bytes) / Double(rate))
    return start - now
  }
}
