/// What a buffered producer may hold, and when it sends.
public struct SendLimits: Sendable, Equatable {
  /// Events that wait or are being sent; who has one more waits until there is room.
  public var bufferedEvents: Int
  /// Bytes of these.
  public var bufferedBytes: Int
  /// Events of one transaction.
  public var batchEvents: Int
  /// Bytes of one transaction, or one event.
  public var batchBytes: Int
  /// A batch that is not full is sent when its first event has waited for so long.
  public var longestWait: Duration
  /// How long events wait for a database that cannot be reached before they are given back to their callers.
  public var patience: Duration

  /// Makes limits; see the properties.
  public init(
    bufferedEvents: Int = 10_000, bufferedBytes: Int = 16 << 20, batchEvents: Int = 1000, batchBytes: Int = 1 << 20,
    longestWait: Duration = .milliseconds(1), patience: Duration = .seconds(30)
  ) {
    self.bufferedEvents = bufferedEvents
    self.bufferedBytes = bufferedBytes
    self.batchEvents = batchEvents
    self.batchBytes = batchBytes
    self.longestWait = longestWait
    self.patience = patience
  }
}

/// Items in the order in which they came, and when they are to be sent. What is being sent counts as being here.
package struct SendBuffer<Item: Sendable>: Sendable {
  /// What comes next.
  package enum Step: Sendable {
    /// Send these, then call ``SendBuffer/sent()``.
    case send([Item])
    /// Nothing to do before this time has passed or something is added; `nil`: before something is added.
    case wait(Duration?)
    /// Closed and empty.
    case finished
  }

  private struct Entry: Sendable {
    var item: Item
    var size: Int
    var time: Duration
  }

  private let limits: SendLimits
  private var entries: [Entry] = []
  /// Entries before it are sent already.
  private var first = 0
  private var waitingBytes = 0
  private var sending: (events: Int, bytes: Int) = (0, 0)
  /// Whether nothing is to be added any more, so that waiting for a fuller batch is of no use.
  package private(set) var isClosed = false

  /// An empty buffer.
  package init(limits: SendLimits) { self.limits = limits }

  private var waitingEvents: Int { entries.count - first }

  /// Whether an item of this size may be added. A single item may be larger than the buffer.
  package func hasRoom(for size: Int) -> Bool {
    let events = waitingEvents + sending.events
    return events == 0
      || (events < limits.bufferedEvents && waitingBytes + sending.bytes + size <= limits.bufferedBytes)
  }

  /// Adds an item.
  ///
  /// - Returns: whether somebody who waits for ``next(now:)`` to change should look again.
  package mutating func add(_ item: Item, size: Int, now: Duration) -> Bool {
    let wasReady = isBatchFull
    entries.append(Entry(item: item, size: size, time: now))
    waitingBytes += size
    return waitingEvents == 1 || (!wasReady && isBatchFull)
  }

  /// Sends what is there as soon as possible.
  package mutating func close() { isClosed = true }

  /// Decides. `now` is any monotonic time.
  package mutating func next(now: Duration) -> Step {
    guard waitingEvents > 0 else { return isClosed ? .finished : .wait(nil) }
    let remaining = limits.longestWait - (now - entries[first].time)
    guard isClosed || isBatchFull || remaining <= .zero else { return .wait(remaining) }
    return .send(takeBatch())
  }

  /// What was being sent is sent, or given back: there is room.
  package mutating func sent() { sending = (0, 0) }

  /// Takes everything that waits.
  package mutating func takeAll() -> [Item] {
    defer {
      entries = []
      first = 0
      waitingBytes = 0
    }
    return entries[first...].map(\.item)
  }

  private var isBatchFull: Bool { waitingEvents >= limits.batchEvents || waitingBytes >= limits.batchBytes }

  private mutating func takeBatch() -> [Item] {
    var batch: [Item] = []
    var bytes = 0
    while first < entries.count {
      let entry = entries[first]
      guard batch.isEmpty || (batch.count < limits.batchEvents && bytes + entry.size <= limits.batchBytes) else {
        break
      }
      batch.append(entry.item)
      bytes += entry.size
      first += 1
    }
    // Removing them now would move all others each time.
    if first * 2 >= entries.count {
      entries.removeFirst(first)
      first = 0
    }
    waitingBytes -= bytes
    sending = (batch.count, bytes)
    return batch
  }
}
