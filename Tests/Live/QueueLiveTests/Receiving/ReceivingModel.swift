/// What a consumer may be given, kept in memory: the rules that every delivery is checked against.
///
/// Keys belong to one producer each, so the ids of a key's events grow in the order of the commits.
struct ReceivingModel {
  struct Violation: Error, CustomStringConvertible {
    let description: String
  }

  struct Held {
    let receipt: Int64
    var events: [Received.Event]
    /// Its lease has run out: somebody else may have it now, or nobody.
    var isExpired = false
  }

  /// Committed events: key by id.
  private(set) var committed: [Int64: String?] = [:]

  struct Consumer {
    let isOrdered: Bool
    var done: Set<Int64> = []
    var dead: Set<Int64> = []
    /// Were dead once; their place among those of their key is lost.
    var replayed: Set<Int64> = []
    var failures: [Int64: Int] = [:]
    var held: [String: Held] = [:]
    /// Receipts that must be refused.
    var stale: [Int64] = []
  }

  var consumers: [String: Consumer]

  init(plain: [String], ordered: [String]) {
    consumers = [:]
    for name in plain { consumers[name] = Consumer(isOrdered: false) }
    for name in ordered { consumers[name] = Consumer(isOrdered: true) }
  }

  mutating func commit(_ events: [(id: Int64, key: String?)]) {
    for event in events { committed[event.id] = event.key }
  }

  mutating func delivered(_ received: Received?, to member: String, of name: String) throws {
    var consumer = consumers[name] ?? Consumer(isOrdered: false)
    defer { consumers[name] = consumer }
    let before = consumer.held.removeValue(forKey: member)
    guard let received else {
      if let before, !before.isExpired, !before.events.isEmpty {
        throw Violation(description: "\(name)/\(member) lost what it holds")
      }
      return
    }
    if let before { consumer.stale.append(before.receipt) }
    if let before, !before.isExpired, !before.events.isEmpty, before.events.map(\.id) != received.events.map(\.id) {
      throw Violation(
        description: "\(name)/\(member) held \(before.events.map(\.id)), now \(received.events.map(\.id))")
    }
    let ids = received.events.map(\.id)
    guard Set(ids).count == ids.count else { throw Violation(description: "twice in one delivery: \(ids)") }
    for (other, held) in consumer.held where held.events.contains(where: { ids.contains($0.id) }) {
      guard held.isExpired else {
        throw Violation(description: "\(name): \(other) and \(member) both hold some of \(ids)")
      }
      consumer.held[other] = nil
      consumer.stale.append(held.receipt)
    }

    var earlier: Set<Int64> = []
    for event in received.events {
      guard let key = committed[event.id] else { throw Violation(description: "\(event.id) was never committed") }
      if consumer.done.contains(event.id) { throw Violation(description: "\(name): \(event.id) was done already") }
      if consumer.dead.contains(event.id) { throw Violation(description: "\(name): \(event.id) is dead") }
      if event.attempt != 1 + consumer.failures[event.id, default: 0] {
        throw Violation(description: "\(name): attempt \(event.attempt) of \(event.id)")
      }
      if consumer.isOrdered, let key, !consumer.replayed.contains(event.id) {
        for (id, other) in committed where other == key && id < event.id && !consumer.replayed.contains(id) {
          guard consumer.done.contains(id) || consumer.dead.contains(id) || earlier.contains(id) else {
            throw Violation(description: "\(name): \(event.id) of key \(key) before \(id)")
          }
        }
        for (other, held) in consumer.held where !held.isExpired && held.events.contains(where: { $0.key == key }) {
          throw Violation(description: "\(name): key \(key) is with \(other) and \(member)")
        }
      }
      earlier.insert(event.id)
    }
    consumer.held[member] = Held(receipt: received.receipt, events: received.events)
  }

  /// `nil` as the number: the receipt was refused.
  mutating func acknowledged(_ count: Int64?, upTo last: Int64? = nil, by member: String, of name: String) throws {
    guard let held = consumers[name]?.held.removeValue(forKey: member) else { return }
    guard let count else {
      guard held.isExpired, held.events.isEmpty else {
        throw Violation(description: "\(name)/\(member): receipt \(held.receipt) was refused")
      }
      return
    }
    let limit = last.flatMap { last in held.events.firstIndex { $0.id == last } }.map { $0 + 1 } ?? held.events.count
    let done = held.events[..<limit].map(\.id)
    guard count == done.count else {
      throw Violation(description: "\(name)/\(member): \(count) of \(done) acknowledged")
    }
    consumers[name]?.done.formUnion(done)
  }

  mutating func failed(_ event: Received.Event, _ outcome: String, by member: String, of name: String) {
    guard var held = consumers[name]?.held[member] else { return }
    consumers[name]?.failures[event.id, default: 0] += 1
    if outcome == "dead" { consumers[name]?.dead.insert(event.id) }
    let isOrdered = consumers[name]?.isOrdered ?? false
    if let index = held.events.firstIndex(where: { $0.id == event.id }) {
      let takesLater = isOrdered && outcome == "retry" && event.key != nil
      let later = held.events[(index + 1)...].filter { !takesLater || $0.key != event.key }
      held.events = Array(held.events[..<index]) + later
    }
    consumers[name]?.held[member] = held
  }

  mutating func allFailed(_ maximum: Int, by member: String, of name: String) {
    guard let held = consumers[name]?.held.removeValue(forKey: member) else { return }
    let isOrdered = consumers[name]?.isOrdered ?? false
    var parked: Set<String> = []
    for event in held.events {
      if isOrdered, let key = event.key, parked.contains(key) { continue }
      consumers[name]?.failures[event.id, default: 0] += 1
      if event.attempt >= maximum {
        consumers[name]?.dead.insert(event.id)
      } else if let key = event.key {
        parked.insert(key)
      }
    }
  }

  mutating func replayedAll(of name: String) {
    guard let dead = consumers[name]?.dead else { return }
    consumers[name]?.replayed.formUnion(dead)
    for id in dead { consumers[name]?.failures[id] = nil }
    consumers[name]?.dead = []
  }
}
