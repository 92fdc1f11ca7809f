import Metrics
import Synchronization

/// The numbers of one database's ticker; they go to whatever back end the program set up for swift-metrics.
final class TickerMetrics: Sendable {
  private let database: String
  private let ticks, retried, delayed, reconnects: Counter
  private let tickTime, maintenanceTime: Timer
  private let isActive: Gauge
  /// Counters whose other label is known late: queues and operations.
  private let labelled = Mutex<[String: Counter]>([:])

  init(database: String) {
    self.database = database
    let labels = [("database", database)]
    ticks = Counter(label: "trunkline_ticker_ticks", dimensions: labels)
    retried = Counter(label: "trunkline_ticker_retried_events", dimensions: labels)
    delayed = Counter(label: "trunkline_ticker_delayed_events", dimensions: labels)
    reconnects = Counter(label: "trunkline_ticker_reconnects", dimensions: labels)
    tickTime = Timer(label: "trunkline_ticker_tick_duration", dimensions: labels)
    maintenanceTime = Timer(label: "trunkline_ticker_maintenance_duration", dimensions: labels)
    isActive = Gauge(label: "trunkline_ticker_active", dimensions: labels)
    isActive.record(0)
  }

  /// A tick was made in that time.
  func ticked(_ time: Duration) {
    ticks.increment()
    tickTime.recordNanoseconds(time.nanoseconds)
  }

  func tickFailed(queue: String) { counter("trunkline_ticker_tick_errors", "queue", queue).increment() }

  /// An operation of the maintenance list was run.
  func maintained(_ operation: String, _ time: Duration) {
    counter("trunkline_ticker_maintenance", "operation", operation).increment()
    maintenanceTime.recordNanoseconds(time.nanoseconds)
  }

  func maintenanceFailed(_ operation: String) {
    counter("trunkline_ticker_maintenance_errors", "operation", operation).increment()
  }

  func retried(_ events: Int) { retried.increment(by: events) }

  func delivered(_ events: Int) { delayed.increment(by: events) }

  func reconnected() { reconnects.increment() }

  func active(_ active: Bool) { isActive.record(active ? 1 : 0) }

  private func counter(_ name: String, _ label: String, _ value: String) -> Counter {
    labelled.withLock { counters in
      let key = "\(name) \(value)"
      if let counter = counters[key] { return counter }
      let counter = Counter(label: name, dimensions: [("database", database), (label, value)])
      counters[key] = counter
      return counter
    }
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
