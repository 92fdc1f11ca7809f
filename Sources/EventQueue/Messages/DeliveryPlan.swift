/// Which message of a delivery may be worked on now: those of one key one after another, in their order.
///
/// A value without I/O. Messages are numbered by their place in the delivery.
struct DeliveryPlan {
  /// What became of a message that was worked on.
  enum Result: Equatable {
    /// Done: the next of its key may come.
    case done
    /// Given up for good: the next of its key may come.
    case dead
    /// It comes again later: the rest of its key must not overtake it.
    case postponed
  }

  private var ready: ArraySlice<Int> = []
  /// The messages of each key that wait for an earlier one, in order.
  private var waiting: [String: ArraySlice<Int>] = [:]
  private let keys: [String?]
  private var isStopping = false
  /// Messages that were held back by ``stop()``, without those that wait for them.
  private var left: [Int] = []
  private var highestStarted = -1

  /// Messages that will not be worked on because an earlier one of their key was postponed.
  private(set) var overtakers: [Int] = []
  /// The last message that is done. All before it are done, or failed, or overtakers; when stopped, too.
  private(set) var lastDone: Int?
  /// How many are being worked on.
  private(set) var running = 0

  init(keys: [String?]) {
    self.keys = keys
    for (index, key) in keys.enumerated() {
      guard let key else {
        ready.append(index)
        continue
      }
      if waiting[key] == nil {
        waiting[key] = []
        ready.append(index)
      } else {
        waiting[key, default: []].append(index)
      }
    }
  }

  /// The next message to begin with; `nil` while none may be.
  mutating func next() -> Int? {
    while let index = ready.popFirst() {
      // When stopping, what comes after all that was begun is left, so that what was worked on has no gaps.
      if isStopping, index > highestStarted {
        left.append(index)
        continue
      }
      highestStarted = max(highestStarted, index)
      running += 1
      return index
    }
    return nil
  }

  /// Takes the result of a message.
  mutating func finish(_ index: Int, _ result: Result) {
    running -= 1
    if result == .done { lastDone = max(lastDone ?? index, index) }
    guard let key = keys[index] else { return }
    switch result {
    case .done, .dead:
      if let following = waiting[key]?.popFirst() { ready.append(following) }
    case .postponed:
      overtakers += waiting[key] ?? []
      waiting[key] = []
    }
  }

  /// Begins nothing any more but what lies between messages that were begun.
  mutating func stop() { isStopping = true }

  /// The number of messages at the begin of the delivery that are done, failed or overtakers. Only when nothing runs and nothing
  /// is ready; the whole delivery unless stopped.
  var handled: Int { isStopping ? (left + waiting.values.flatMap { $0 }).min() ?? keys.count : keys.count }
}
