import EventQueue
import Logging
import Synchronization

/// Counts what a daemon brought over, and says so in the log now and then. Nothing is left out without being counted.
final class TransferReport: Sendable {
  private struct State {
    var sum = TransferOutcome()
    var batches = 0
    var lastTick: Int64 = 0
    var written = ContinuousClock.now
  }

  private static let period: Duration = .seconds(30)
  private let logger: Logger
  private let state = Mutex(State())

  init(_ logger: Logger) { self.logger = logger }

  /// Adds a batch.
  func add(_ progress: TransferWorker.Progress) {
    let isDue = state.withLock { state in
      state.sum.add(progress.outcome)
      state.batches += 1
      state.lastTick = progress.batch.currentTick
      return ContinuousClock.now - state.written >= Self.period
    }
    if isDue { write() }
  }

  /// Logs the counts since the last time.
  func write() {
    let (sum, batches, tick) = state.withLock { state in
      defer { state = State() }
      return (state.sum, state.batches, state.lastTick)
    }
    guard sum.events > 0 else { return }
    var metadata: Logger.Metadata = [
      "events": "\(sum.events)", "written": "\(sum.rows)", "batches": "\(batches)", "tick": "\(tick)",
    ]
    if sum.leftOut > 0 { metadata["left out"] = "\(sum.leftOut)" }
    for (name, count) in sum.destinations.sorted(by: { $0.key < $1.key }).prefix(20) {
      metadata["into \(name)"] = "\(count)"
    }
    logger.info("brought over", metadata: metadata)
  }

  /// The counts of a run that ended, for people.
  static func text(_ sum: TransferOutcome) -> String {
    var lines = ["\(sum.events) events"]
    lines += sum.destinations.sorted { $0.key < $1.key }.map { "  \($0.value) into \($0.key)" }
    if sum.leftOut > 0 { lines.append("  \(sum.leftOut) left out") }
    return lines.joined(separator: "\n") + "\n"
  }
}
