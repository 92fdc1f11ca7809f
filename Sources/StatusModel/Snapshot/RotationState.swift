/// Where a queue stands between two switches of its event tables, and what keeps the next one waiting.
package enum RotationState: Codable, Sendable, Equatable {
  /// The queue has one table only.
  case off
  /// The time has not come yet.
  case running(dueIn: Double)
  /// Nothing is in the way: the next maintenance of the ticker switches.
  case due(since: Double)
  /// The first half of a switch is done, the second is not.
  case halfDone(since: Double)
  /// A consumer has not read far enough.
  case waitsForConsumer(name: String, since: Double)
  /// A transaction that was open at the last switch still runs.
  case waitsForTransaction(since: Double)
  /// Consumer and transactions are far enough, but the ticks they stand at are not: the next ones will be.
  case waitsForTick(since: Double)
}

extension RotationState {
  /// Decides as `pgq.maint_rotate_tables_step1` does.
  ///
  /// - Parameters:
  ///   - positions: consumers, members and lanes with the oldest transaction of the tick at which they stand.
  ///   - newestTick: the oldest transaction of the newest tick.
  ///   - oldestTransaction: the oldest one that runs now.
  package static func of(
    _ queue: QueueSnapshot, positions: [(name: String, tick: Int64, transaction: Int64?)], newestTick: Int64?,
    oldestTransaction: Int64
  ) -> RotationState {
    guard queue.tables.count != 1 else { return .off }
    guard let switched = queue.switchTransaction else { return .halfDone(since: queue.switchAge) }
    let late = queue.switchAge - queue.rotationPeriod
    guard late > 0 else { return .running(dueIn: -late) }
    guard let slowest = positions.min(by: { $0.tick < $1.tick }) else {
      return oldestTransaction > switched ? .due(since: late) : .waitsForTransaction(since: late)
    }
    guard let transaction = slowest.transaction, transaction <= switched else { return .due(since: late) }
    // Could the consumer go on so far that the switch is possible?
    if let newestTick, newestTick > switched { return .waitsForConsumer(name: slowest.name, since: late) }
    return oldestTransaction > switched ? .waitsForTick(since: late) : .waitsForTransaction(since: late)
  }
}
