/// Spreads work over time: how long to rest after some of it. A pure value.
struct RateLimit: Sendable, Equatable {
  /// Rows a second; 0: no limit.
  let rowsPerSecond: Int

  /// The rest that is due after `rows` rows that took `time`.
  func rest(after rows: Int, took time: Duration) -> Duration {
    guard rowsPerSecond > 0, rows > 0 else { return .zero }
    let due = Duration.seconds(Double(rows) / Double(rowsPerSecond))
    return due > time ? due - time : .zero
  }
}
