/// The order in which operations use a connection, without any concurrency of its own.
struct TurnQueue {
  /// What somebody who wants the turn has to do.
  enum Request: Equatable {
    case go
    case wait
  }

  private(set) var isTaken = false
  private(set) var waiting: [UInt64] = []

  /// Somebody wants the turn.
  mutating func request(_ id: UInt64) -> Request {
    guard isTaken else {
      isTaken = true
      return .go
    }
    waiting.append(id)
    return .wait
  }

  /// Somebody who waits gives up. True when it was still waiting.
  mutating func abandon(_ id: UInt64) -> Bool {
    guard let position = waiting.firstIndex(of: id) else { return false }
    waiting.remove(at: position)
    return true
  }

  /// The turn ends; whose it is now, or `nil` when nobody waits.
  mutating func pass() -> UInt64? {
    guard !waiting.isEmpty else {
      isTaken = false
      return nil
    }
    return waiting.removeFirst()
  }
}
