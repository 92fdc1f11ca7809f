extension HistoryChecker {
  /// A batch between two ticks as it was first seen, and its last confirmed end.
  private struct Batch {
    let from: Int
    let to: Int
    let events: [HistoryRecord.Event]
    var finished: Int64?
  }

  /// Consumers of the batch interface: each event in one batch, a batch always with the same events, and never again once
  /// it is finished.
  mutating func checkBatches(of consumer: History.Consumer) {
    var batches: [String: Batch] = [:]
    for case .delivered(let delivery) in consumer.processes.joined() {
      if let known = batches[delivery.batch] {
        if known.events != delivery.events {
          let difference = "\(known.events.count) events, then \(delivery.events.count)"
          found(.changedBatch, consumer.name, "batch \(delivery.batch): \(difference)")
        }
      } else {
        let ticks = delivery.batch.split(separator: "-").compactMap { Int($0) }
        batches[delivery.batch] = Batch(from: ticks.first ?? 0, to: ticks.last ?? 0, events: delivery.events)
      }
    }
    for case .finished(let batch, _, let time) in consumer.processes.joined() {
      let earlier = batches[batch]?.finished ?? time
      batches[batch]?.finished = min(time, earlier)
    }
    for case .delivered(let delivery) in consumer.processes.joined() {
      if let finished = batches[delivery.batch]?.finished, delivery.asked > finished {
        found(.afterFinish, consumer.name, "batch \(delivery.batch)")
      }
    }

    let ordered = batches.sorted { ($0.value.from, $0.value.to) < ($1.value.from, $1.value.to) }
    for (former, latter) in zip(ordered, ordered.dropFirst()) where latter.value.from < former.value.to {
      found(.overlap, consumer.name, "\(former.key) and \(latter.key)")
    }
    checkPlaces(ordered.map { ($0.key, $0.value.events) }, consumer.name)
    checkOrder(ordered.flatMap(\.value.events), consumer.name)
    checkRetries(of: consumer, finished: Set(batches.filter { $0.value.finished != nil }.keys))
  }

  private mutating func checkPlaces(_ batches: [(String, [HistoryRecord.Event])], _ consumer: String) {
    var places: [EventName: String] = [:]
    for (batch, events) in batches {
      for event in events where event.retries == 0 {
        guard let name = event.name else { continue }
        if let former = places.updateValue(batch, forKey: name) {
          if former == batch {
            found(.twice, consumer, "\(name) in batch \(batch)")
          } else {
            found(.twoBatches, consumer, "\(name) in \(former) and \(batch)")
          }
        }
      }
    }
  }

  /// What was put aside comes again, to the one who put it aside.
  private mutating func checkRetries(of consumer: History.Consumer, finished: Set<String>) {
    var wanted: Set<EventName> = []
    var asked: Set<EventName> = []
    for case .askedForRetry(let batch, let event) in consumer.processes.joined() {
      asked.insert(event)
      if finished.contains(batch) { wanted.insert(event) }
    }
    var returned: Set<EventName> = []
    for case .delivered(let delivery) in consumer.processes.joined() {
      for event in delivery.events where event.retries > 0 {
        guard let name = event.name else { continue }
        returned.insert(name)
        if !asked.contains(name) { found(.strangeRetry, consumer.name, "\(name)") }
      }
    }
    for name in wanted.subtracting(returned).sorted() { found(.retryMissing, consumer.name, "\(name)") }
  }
}
