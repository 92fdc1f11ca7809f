/// Sorts subscriptions into consumers with their members and lanes, which share a `sub_id`.
struct ConsumerGroups {
  private let groups: [[StatusReader.Subscription]]

  init(_ subscriptions: [StatusReader.Subscription]) {
    struct Key: Hashable { var queue, id: Int }
    groups = Dictionary(grouping: subscriptions) { Key(queue: $0.queueID, id: $0.id) }.values
      .map { $0.sorted { $0.name.utf8.count < $1.name.utf8.count } }
  }

  /// - Parameter queues: with their tables, for what is kept.
  func consumers(queues: [QueueSnapshot]) -> [ConsumerSnapshot] {
    groups.compactMap { group in
      guard let main = group.first else { return nil }
      return consumer(main, Array(group.dropFirst()), queues.first { $0.id == main.queueID })
    }.sorted { ($0.queue, $0.name) < ($1.queue, $1.name) }
  }

  private func consumer(
    _ main: StatusReader.Subscription, _ parts: [StatusReader.Subscription], _ queue: QueueSnapshot?
  ) -> ConsumerSnapshot {
    var consumer = ConsumerSnapshot(queue: main.queue, name: main.name)
    consumer.batch = main.batch
    consumer.isTickMissing = main.lastTick != nil && !main.tickExists
    consumer.isPaused = main.isPaused
    consumer.holder = main.holder
    consumer.maximumAge = main.maximumAge
    consumer.maximumBytes = main.maximumBytes
    consumer.isEvictedOnLimit = main.isEvicted
    for part in parts {
      let suffix = part.name.hasPrefix(main.name + ".") ? String(part.name.dropFirst(main.name.count + 1)) : part.name
      if let number = Self.laneNumber(suffix) {
        consumer.lanes.append(
          LaneSnapshot(number: number, lastTick: part.lastTick, lag: part.lag, batch: part.batch, idle: part.idle))
      } else {
        consumer.members.append(
          MemberSnapshot(
            name: suffix, batch: part.batch, idle: part.idle, isReleased: part.isReleased, holder: part.holder,
            deadAfter: main.deadAfter))
      }
    }
    if !consumer.lanes.isEmpty {
      consumer.lanes.insert(
        LaneSnapshot(number: 0, lastTick: main.lastTick, lag: main.lag, batch: main.batch, idle: main.idle), at: 0)
      consumer.lanes.sort { $0.number < $1.number }
    }
    // The slowest part is what the consumer has finished; the one seen last shows that it lives.
    let all = [main] + parts
    let slowest = all.filter { $0.lastTick != nil }.min { ($0.lastTick ?? 0) < ($1.lastTick ?? 0) }
    consumer.lastTick = slowest?.lastTick
    consumer.lag = slowest?.lag
    consumer.tickTransaction = slowest?.transaction
    consumer.idle = all.map(\.idle).min()
    if let queue, let sequence = slowest?.sequence, let newest = queue.eventSequence ?? queue.lastTickSequence {
      consumer.pendingEvents = max(0, newest - sequence)
      consumer.retainedBytes = Self.retained(consumer.pendingEvents, of: queue)
    }
    return consumer
  }

  private static func laneNumber(_ suffix: String) -> Int? {
    suffix.hasPrefix("lane-") ? Int(suffix.dropFirst(5)) : nil
  }

  /// The share of the tables that pending events take, when all events are of one size.
  static func retained(_ pending: Int64, of queue: QueueSnapshot) -> Int64 {
    guard pending > 0 else { return 0 }
    let share = min(1, Double(pending) / Double(max(pending, queue.events)))
    return Int64(Double(queue.bytes) * share)
  }
}
