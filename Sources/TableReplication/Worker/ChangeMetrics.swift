import EventFormats
import Metrics

/// Changes that were applied, by table and operation.
struct ChangeMetrics {
  private let queue: String, consumer: String
  private var counters: [String: Counter] = [:]
  private var conflictCounters: [String: Counter] = [:]

  init(queue: String, consumer: String) {
    self.queue = queue
    self.consumer = consumer
  }

  /// Counts conflicts that were decided.
  mutating func count(_ conflicts: [Conflict]) {
    for conflict in conflicts {
      let (table, outcome) = (conflict.table.unquoted, conflict.outcome.rawValue)
      let key = "\(conflict.kind) \(outcome) \(table)"
      let counter =
        conflictCounters[key]
        ?? Counter(
          label: "trunkline_replication_conflicts",
          dimensions: [
            ("queue", queue), ("consumer", consumer), ("table", table), ("kind", conflict.kind), ("outcome", outcome),
          ])
      conflictCounters[key] = counter
      counter.increment(by: conflict.count)
    }
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
