/// Holds a history against the promises of the queue. Pure: a history made by hand is checked like one that happened.
package struct HistoryChecker {
  let history: History
  /// Key of every committed event.
  let committed: [EventName: String]
  var violations: [Violation] = []

  package init(_ history: History) {
    self.history = history
    var committed: [EventName: String] = [:]
    for mark in history.marks {
      let plan = TransactionPlan(seed: history.seed, producer: mark.producer, number: mark.number)
      for (place, key) in plan.keys.enumerated() {
        committed[EventName(producer: mark.producer, transaction: mark.number, place: place)] = key
      }
    }
    self.committed = committed
  }

  /// Number of events that every consumer must have got.
  package var committedEvents: Int { committed.count }

  /// Everything that is wrong, nothing twice, ordered by consumer.
  package static func violations(of history: History) -> [Violation] {
    var checker = HistoryChecker(history)
    checker.checkProducers()
    for consumer in history.consumers {
      checker.checkEvents(of: consumer)
      switch consumer.kind {
      case .batches: checker.checkBatches(of: consumer)
      case .lanes: checker.checkLanes(of: consumer)
      case .exactlyOnce: checker.checkEffects(of: consumer)
      }
    }
    var seen: Set<Violation> = []
    return checker.violations.filter { seen.insert($0).inserted }
  }

  mutating func found(_ kind: Violation.Kind, _ who: String, _ detail: String) {
    violations.append(Violation(kind, who, detail))
  }

  /// What producers were told against what is there.
  private mutating func checkProducers() {
    var begun: Set<History.TransactionName> = []
    for (producer, records) in history.producers {
      for record in records {
        switch record {
        case .began(let number, _): begun.insert(.init(producer: producer, number: number))
        case .committed(let number): expect(true, producer, number)
        case .rolledBack(let number): expect(false, producer, number)
        case .foundOut(let number, let isCommitted): expect(isCommitted, producer, number)
        case .delivered, .askedForRetry, .finished: break
        }
      }
    }
    for mark in history.marks {
      let plan = TransactionPlan(seed: history.seed, producer: mark.producer, number: mark.number)
      if !begun.contains(mark) { found(.unknownTransaction, "producer \(mark.producer)", "transaction \(mark.number)") }
      if plan.rollsBack { found(.ghostCommit, "producer \(mark.producer)", "transaction \(mark.number)") }
    }
  }

  private mutating func expect(_ isCommitted: Bool, _ producer: Int, _ number: Int) {
    let isThere = history.marks.contains(.init(producer: producer, number: number))
    guard isThere != isCommitted else { return }
    found(isCommitted ? .lostCommit : .ghostCommit, "producer \(producer)", "transaction \(number)")
  }

  /// What holds for every kind of consumer: all committed events, and nothing else.
  private mutating func checkEvents(of consumer: History.Consumer) {
    var received: Set<EventName> = []
    var strange: Set<HistoryRecord.Event> = []
    for case .delivered(let delivery) in consumer.processes.joined() {
      for event in delivery.events {
        guard let name = event.name else {
          strange.insert(event)
          continue
        }
        if received.insert(name).inserted, committed[name] != event.key { strange.insert(event) }
      }
    }
    for event in strange {
      if let name = event.name, isPlanned(name), committed[name] == nil {
        found(.aborted, consumer.name, "\(name)")
      } else {
        found(.unknownEvent, consumer.name, "\(event.name?.description ?? "?") with key \(event.key)")
      }
    }
    for name in committed.keys.sorted() where !received.contains(name) { found(.missing, consumer.name, "\(name)") }
  }

  private func isPlanned(_ name: EventName) -> Bool {
    history.producers[name.producer]?.contains {
      if case .began(name.transaction, _) = $0 { true } else { false }
    } ?? false
  }

  /// Events of a key in the order in which they came; each must be younger than the one before.
  mutating func checkOrder(
    _ events: some Sequence<HistoryRecord.Event>, _ consumer: String, withRetries: Bool = false
  ) {
    var last: [String: EventName] = [:]
    for event in events where event.retries == 0 || withRetries {
      guard let name = event.name else { continue }
      if let before = last[event.key], name < before {
        found(.order, consumer, "key \(event.key): \(name) after \(before)")
      }
      last[event.key] = name
    }
  }
}
