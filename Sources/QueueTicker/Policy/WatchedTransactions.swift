package import EventFormats

/// Transactions that were running at some moment and whose end is waited for.
///
/// A snapshot lists the transactions in progress below its xmax only. Those that drew an id from there up to `bound` may
/// be running as well; whether they are is learned from later snapshots.
package struct WatchedTransactions: Sendable, Equatable {
  private var running: [UInt64] = []
  private var unknown: Range<UInt64> = 0..<0

  /// Nothing to wait for.
  package init() {}

  /// All that were running when `snapshot` was taken, and all younger ones up to `bound`, exclusive.
  package init(runningIn snapshot: TransactionSnapshot, before bound: UInt64) {
    running = snapshot.inProgress.filter { $0 < bound }
    unknown = snapshot.xmax..<max(snapshot.xmax, bound)
  }

  /// Whether all have ended, as far as is known.
  package var isEmpty: Bool { running.isEmpty && unknown.isEmpty }

  /// Whether one of them has ended according to `snapshot`.
  package func hasEnded(in snapshot: TransactionSnapshot) -> Bool {
    if running.contains(where: snapshot.sees) { return true }
    let known = unknown.lowerBound..<min(unknown.upperBound, max(snapshot.xmax, unknown.lowerBound))
    return UInt64(known.count) > UInt64(snapshot.inProgress.count { known.contains($0) })
  }

  /// Forgets those that have ended according to `snapshot`.
  ///
  /// - Returns: whether there were any.
  package mutating func update(with snapshot: TransactionSnapshot) -> Bool {
    let ended = hasEnded(in: snapshot)
    running.removeAll(where: snapshot.sees)
    let border = min(unknown.upperBound, max(snapshot.xmax, unknown.lowerBound))
    running += snapshot.inProgress.filter { unknown.lowerBound <= $0 && $0 < border }
    unknown = border..<unknown.upperBound
    return ended
  }
}
