import Metrics

/// The numbers of a consumer, labelled with its queue and name; they go to whatever back end the program set up for
/// swift-metrics.
package struct ConsumerMetrics: Sendable {
  private let received, acknowledged, retried, dead, batches: Counter
  private let duration: Timer
  private let lag: Gauge

  package init(queue: String, consumer: String) {
    let labels = [("queue", queue), ("consumer", consumer)]
    received = Counter(label: "trunkline_consumer_received", dimensions: labels)
    acknowledged = Counter(label: "trunkline_consumer_acknowledged", dimensions: labels)
    retried = Counter(label: "trunkline_consumer_retried", dimensions: labels)
    dead = Counter(label: "trunkline_consumer_dead", dimensions: labels)
    batches = Counter(label: "trunkline_consumer_batches", dimensions: labels)
    duration = Timer(label: "trunkline_consumer_duration", dimensions: labels)
    lag = Gauge(label: "trunkline_consumer_lag_seconds", dimensions: labels)
  }

  /// Counts events that were handed to the work.
  package func receive(_ events: Int) { if events > 0 { received.increment(by: events) } }

  /// Counts single events whose work succeeded.
  package func acknowledge(_ events: Int) { if events > 0 { acknowledged.increment(by: events) } }

  /// Counts a batch or delivery that is finished.
  package func finish() { batches.increment() }

  /// Counts what became of an event that failed.
  package func count(_ outcome: FailureOutcome) {
    switch outcome {
    case .retry: retried.increment()
    case .dead: dead.increment()
    }
  }

  /// Says how long the work on a batch or message took.
  package func worked(_ time: Duration) {
    let (seconds, attoseconds) = time.components
    duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }

  /// Says how old what is worked on is.
  package func isBehind(by age: Duration) { lag.record(age / .seconds(1)) }
}
