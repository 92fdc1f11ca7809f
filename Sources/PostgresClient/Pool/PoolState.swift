/// The bookkeeping of a pool, without any I/O: who has what and who waits.
///
/// Every event returns what the pool has to do next.
struct PoolState<Connection> {
  /// What to do for a request.
  enum LeaseAction {
    case lend(Connection)
    case open
    case wait
    case refuse
  }

  /// What to do with a returned or failed slot.
  enum ReturnAction {
    /// Hand it to the waiting request.
    case handOver(Connection, to: Int)
    /// Open a new one for the waiting request.
    case openFor(Int)
    case close(Connection)
    case keep
    case nothing
  }

  let limit: Int
  private(set) var idle: [Connection] = []
  /// Connections lent or being opened.
  private(set) var busy = 0
  private(set) var waiting: [Int] = []
  private(set) var isShutDown = false

  init(limit: Int) { self.limit = max(1, limit) }

  /// Somebody asks for a connection. The most recently used one is lent: it is the
  /// likeliest to be alive, and the server's caches are warm.
  mutating func request(_ id: Int) -> LeaseAction {
    guard !isShutDown else { return .refuse }
    if let connection = idle.popLast() {
      busy += 1
      return .lend(connection)
    }
    if busy < limit {
      busy += 1
      return .open
    }
    waiting.append(id)
    return .wait
  }

  /// A waiting request gave up. True when it was still waiting.
  mutating func abandon(_ id: Int) -> Bool {
    guard let position = waiting.firstIndex(of: id) else { return false }
    waiting.remove(at: position)
    return true
  }

  /// A connection comes back in good order.
  mutating func giveBack(_ connection: Connection) -> ReturnAction {
    if isShutDown {
      busy -= 1
      return .close(connection)
    }
    if !waiting.isEmpty { return .handOver(connection, to: waiting.removeFirst()) }
    busy -= 1
    idle.append(connection)
    return .keep
  }

  /// A lent connection broke, or opening one failed.
  mutating func lose() -> ReturnAction {
    if !isShutDown, !waiting.isEmpty { return .openFor(waiting.removeFirst()) }
    busy -= 1
    return .nothing
  }

  /// No more requests; idle connections and waiting requests are for the caller to end.
  mutating func shutDown() -> (close: [Connection], refuse: [Int]) {
    isShutDown = true
    defer {
      idle = []
      waiting = []
    }
    return (idle, waiting)
  }
}

extension PoolState.LeaseAction: Equatable where Connection: Equatable {}
extension PoolState.ReturnAction: Equatable where Connection: Equatable {}
