extension HistoryChecker {
  /// Parts of events under receipts.
  private struct Part {
    let delivery: HistoryRecord.Delivery
    /// Events that failed, and those behind them: the end of the part is not theirs.
    var aside: Set<EventName> = []
    /// When its end was asked for, if that was confirmed.
    var ackAsked: Int64?

    var events: [HistoryRecord.Event] { delivery.events.filter { $0.name.map { !aside.contains($0) } ?? true } }
  }

  /// Ordered consumers: an acknowledged event never again, events of a key in order, and no key in two hands at once.
  mutating func checkLanes(of consumer: History.Consumer) {
    var parts: [String: Part] = [:]
    for case .delivered(let delivery) in consumer.processes.joined() {
      parts[delivery.batch] = Part(delivery: delivery)
    }
    for case .askedForRetry(let receipt, let event) in consumer.processes.joined() {
      parts[receipt]?.aside.insert(event)
    }
    for case .finished(let receipt, let asked, _) in consumer.processes.joined() {
      parts[receipt]?.ackAsked = asked
    }

    let acknowledged = parts.values.compactMap { part in part.ackAsked.map { (part, $0) } }
      .sorted { $0.1 < $1.1 }
    var done: [EventName: String] = [:]
    for (part, _) in acknowledged {
      for event in part.events {
        guard let name = event.name else { continue }
        if let former = done.updateValue(part.delivery.batch, forKey: name) {
          found(.afterFinish, consumer.name, "\(name) with receipts \(former) and \(part.delivery.batch)")
        }
      }
    }
    checkOrder(acknowledged.flatMap(\.0.events), consumer.name, withRetries: true)
    // What failed was received at least once more. (That its end was confirmed is not asked: the process may have died.)
    var receipts: [EventName: Int] = [:]
    for name in parts.values.flatMap(\.delivery.events).compactMap(\.name) { receipts[name, default: 0] += 1 }
    for name in Set(parts.values.flatMap(\.aside)).sorted() where receipts[name] == 1 {
      found(.retryMissing, consumer.name, "\(name)")
    }
    for part in parts.values { checkOrder(part.delivery.events, consumer.name, withRetries: true) }

    // Whoever's acknowledgement was accepted had held the keys until then, so nobody else may have got them meanwhile.
    var holders: [String: [Part]] = [:]
    for part in parts.values {
      for key in Set(part.events.map(\.key)) { holders[key, default: []].append(part) }
    }
    for (key, parts) in holders {
      for holder in parts {
        guard let end = holder.ackAsked else { continue }
        for other in parts
        where other.delivery.batch != holder.delivery.batch && other.delivery.asked > holder.delivery.time
          && other.delivery.time < end
        {
          let receipts = "\(holder.delivery.batch) and \(other.delivery.batch)"
          found(.sameTime, consumer.name, "key \(key) with receipts \(receipts)")
        }
      }
    }
  }

  /// Rows that the work left, in the order of their writing: one for each event, and in order.
  mutating func checkEffects(of consumer: History.Consumer) {
    var seen: Set<EventName> = []
    for case .delivered(let delivery) in consumer.processes.joined() {
      for event in delivery.events {
        guard let name = event.name else { continue }
        if !seen.insert(name).inserted { found(.workTwice, consumer.name, "\(name)") }
      }
    }
    let rows = consumer.processes.joined().flatMap { record -> [HistoryRecord.Event] in
      if case .delivered(let delivery) = record { return delivery.events }
      return []
    }
    checkOrder(rows, consumer.name)
  }
}
