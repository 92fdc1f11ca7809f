import Metrics

/// The numbers of a worker that brings batches into a target, labelled with its queue and consumer; they go to whatever back
/// end the program set up for swift-metrics before.
package struct TransferMetrics: Sendable {
  private let events, rows, leftOut, batches, failures: Counter
  private let duration: Timer
  private let lag: Gauge

  package init(queue: String, consumer: String) {
    let labels = [("queue", queue), ("consumer", consumer)]
    events = Counter(label: "trunkline_transfer_events", dimensions: labels)
    rows = Counter(label: "trunkline_transfer_rows", dimensions: labels)
    leftOut = Counter(label: "trunkline_transfer_left_out", dimensions: labels)
    batches = Counter(label: "trunkline_transfer_batches", dimensions: labels)
    failures = Counter(label: "trunkline_transfer_failures", dimensions: labels)
    duration = Timer(label: "trunkline_transfer_duration", dimensions: labels)
    lag = Gauge(label: "trunkline_transfer_lag_seconds", dimensions: labels)
  }

  /// Counts a batch that is in the target.
  package func count(_ outcome: TransferOutcome, took time: Duration) {
    events.increment(by: outcome.events)
    rows.increment(by: outcome.rows)
    leftOut.increment(by: outcome.leftOut)
    batches.increment()
    let (seconds, attoseconds) = time.components
    duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }

  /// Counts a failure that is tried again.
  package func fail() { failures.increment() }

  /// Says how old the batch in work is; zero when there is none.
  package func isBehind(by age: Duration) { lag.record(age / .seconds(1)) }
}
