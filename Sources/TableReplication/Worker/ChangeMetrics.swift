import EventFormats
import Metrics

/// Changes that were applied, by table and operation.
struct ChangeMetrics {
  private let queue: String, consumer: String
  private var counters: [String: Counter] = [:]

  init(queue: String, consumer: String) {
    self.queue = queue
    self.consumer = consumer
  }

  /// Counts what a batch held.
  mutating func count(_ groups: [StagedGroup]) {
    for group in groups where group.count > 0 {
      let (table, operation) = (group.header.table.unquoted, group.header.operation.rawValue.lowercased())
      let key = "\(operation) \(table)"
      let counter =
        counters[key]
        ?? Counter(
          label: "trunkline_replication_changes",
          dimensions: [("queue", queue), ("consumer", consumer), ("table", table), ("operation", operation)])
      counters[key] = counter
      counter.increment(by: group.count)
    }
  }
}
