/// The buffer of a ``BufferedProducer``, and who waits for it: callers for room, the sender for work.
actor Outbox {
  private var buffer: SendBuffer<PendingEvent>
  private let started = ContinuousClock.now

  private struct Waiter {
    var size: Int
    var continuation: CheckedContinuation<Void, any Error>
  }

  /// Callers that wait for room, the longest waiting first.
  private var waiters: [(id: Int, waiter: Waiter)] = []
  private var nextWaiter = 0
  private var sender: CheckedContinuation<Void, Never>?
  private var isSignalled = false

  init(limits: SendLimits) { buffer = SendBuffer(limits: limits) }

  private var now: Duration { ContinuousClock.now - started }

  /// Accepts an event, when there is room.
  func add(_ event: OutgoingEvent) async throws -> PendingEvent {
    let size = event.size
    if !waiters.isEmpty { try await waitForRoom(size) }
    // Somebody else may have come in since the room was made.
    while !buffer.hasRoom(for: size) { try await waitForRoom(size) }
    guard !buffer.isClosed else { throw ProducerClosed() }
    let pending = PendingEvent(event)
    if buffer.add(pending, size: size, now: now) { signal() }
    admitWaiters()
    return pending
  }

  /// No event is accepted any more; those that are here are sent.
  func close() {
    buffer.close()
    for (_, waiter) in waiters { waiter.continuation.resume(throwing: ProducerClosed()) }
    waiters = []
    signal()
  }

  /// Gives back everything that waits.
  func takeAll() -> [PendingEvent] { buffer.takeAll() }

  /// What was taken last is sent or given back.
  func sent() {
    buffer.sent()
    admitWaiters()
  }

  /// The next batch; `nil` when the outbox is closed and empty, or the task cancelled.
  func next() async -> [PendingEvent]? {
    while !Task.isCancelled {
      switch buffer.next(now: now) {
      case .send(let batch): return batch
      case .finished: return nil
      case .wait(let time): await waitForWork(time)
      }
    }
    return nil
  }

  // MARK: Waiting

  private func waitForRoom(_ size: Int) async throws {
    guard !buffer.isClosed else { throw ProducerClosed() }
    nextWaiter += 1
    let id = nextWaiter
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
        waiters.append((id, Waiter(size: size, continuation: continuation)))
      }
    } onCancel: {
      Task { await self.cancelWaiter(id) }
    }
  }

  private func cancelWaiter(_ id: Int) {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
    waiters.remove(at: index).waiter.continuation.resume(throwing: CancellationError())
    admitWaiters()
  }

  /// Lets the one in that has waited longest; it lets the next one in.
  private func admitWaiters() {
    guard let (_, waiter) = waiters.first, buffer.hasRoom(for: waiter.size) else { return }
    waiters.removeFirst()
    waiter.continuation.resume()
  }

  private func signal() {
    isSignalled = true
    sender?.resume()
    sender = nil
  }

  private func waitForWork(_ limit: Duration?) async {
    guard !isSignalled else { return isSignalled = false }
    let timer = limit.map { limit in
      Task {
        try? await Task.sleep(for: limit)
        self.signal()
      }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled { continuation.resume() } else { sender = continuation }
      }
    } onCancel: {
      Task { await self.signal() }
    }
    timer?.cancel()
    isSignalled = false
  }
}
