import CEpoll
import Glibc
import Synchronization

/// What a task waits for on a socket.
struct SocketInterest: OptionSet, Sendable {
  let rawValue: UInt32
  static let readable = SocketInterest(rawValue: EPOLLIN.rawValue)
  static let writable = SocketInterest(rawValue: EPOLLOUT.rawValue)
}

/// Why a wait ended.
enum SocketWake: Sendable {
  case ready
  case deadline
}

/// Suspends tasks until a socket is ready; one epoll thread serves every connection of the process.
///
/// libpq owns its sockets and may close them at any time, which rules out event sources that must be unregistered
/// first; epoll forgets a closed descriptor by itself. One wait per descriptor at a time.
final class SocketEvents: Sendable {
  /// The process's instance; started with the first wait.
  static let shared = SocketEvents()

  private struct Waiter {
    var descriptor: Int32
    var deadline: ContinuousClock.Instant?
    var continuation: CheckedContinuation<SocketWake, any Error>
  }

  private struct State {
    var epoll: Int32 = -1
    var wakeup: Int32 = -1
    var nextToken: UInt64 = 1
    var waiters: [UInt64: Waiter] = [:]
    /// Waits that were cancelled before they were registered.
    var cancelledEarly: Set<UInt64> = []
  }

  private let state = Mutex(State())

  /// Waits until the socket is ready or the deadline passed.
  ///
  /// - Throws: `CancellationError` when the task is cancelled and `cancellable`; `connectionLost` when the system
  ///   cannot watch the socket.
  func wait(
    _ descriptor: Int32, for interest: SocketInterest, until deadline: ContinuousClock.Instant? = nil,
    cancellable: Bool
  ) async throws -> SocketWake {
    let token = state.withLock { state in
      defer { state.nextToken += 1 }
      return state.nextToken
    }
    guard cancellable else {
      return try await withCheckedThrowingContinuation { register(token, descriptor, interest, deadline, $0) }
    }
    defer { state.withLock { _ = $0.cancelledEarly.remove(token) } }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { register(token, descriptor, interest, deadline, $0) }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard let waiter = state.waiters.removeValue(forKey: token) else {
          state.cancelledEarly.insert(token)
          return nil
        }
        return waiter
      }
      waiter?.continuation.resume(throwing: CancellationError())
    }
  }

  private func register(
    _ token: UInt64, _ descriptor: Int32, _ interest: SocketInterest, _ deadline: ContinuousClock.Instant?,
    _ continuation: CheckedContinuation<SocketWake, any Error>
  ) {
    let failure: (any Error)? = state.withLock { state in
      if state.cancelledEarly.contains(token) { return CancellationError() }
      if let failure = start(&state) { return failure }
      state.waiters[token] = Waiter(descriptor: descriptor, deadline: deadline, continuation: continuation)
      var event = epoll_event()
      event.events = interest.rawValue | EPOLLONESHOT.rawValue
      event.data.u64 = token
      // A descriptor stays registered (disarmed) after its first wait, unless it was closed and its number reused.
      if epoll_ctl(state.epoll, EPOLL_CTL_MOD, descriptor, &event) != 0
        && epoll_ctl(state.epoll, EPOLL_CTL_ADD, descriptor, &event) != 0
      {
        state.waiters[token] = nil
        return PostgresError(.connectionLost, "the connection's socket cannot be watched: \(systemMessage(errno))")
      }
      if deadline != nil { wake(state.wakeup) }
      return nil
    }
    if let failure { continuation.resume(throwing: failure) }
  }

  private func start(_ state: inout State) -> PostgresError? {
    guard state.epoll < 0 else { return nil }
    let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    let wakeup = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    guard epoll >= 0, wakeup >= 0 else {
      return PostgresError(.connectionFailed, "no event queue from the system: \(systemMessage(errno))")
    }
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.u64 = 0
    epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &event)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { _ in
        SocketEvents.shared.run()
        return nil
      }, nil)
    guard status == 0 else {
      close(epoll)
      close(wakeup)
      return PostgresError(.connectionFailed, "no thread from the system: \(systemMessage(status))")
    }
    pthread_detach(thread)
    state.epoll = epoll
    state.wakeup = wakeup
    return nil
  }

  private func run() {
    let (epoll, wakeup) = state.withLock { ($0.epoll, $0.wakeup) }
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    while true {
      let count = epoll_wait(epoll, &events, Int32(events.count), nextTimeout())
      for event in events.prefix(max(0, Int(count))) {
        guard event.data.u64 != 0 else {
          var counter: UInt64 = 0
          _ = read(wakeup, &counter, 8)
          continue
        }
        state.withLock { $0.waiters.removeValue(forKey: event.data.u64) }?.continuation.resume(returning: .ready)
      }
      expire()
    }
  }

  private func nextTimeout() -> Int32 {
    guard let deadline = state.withLock({ $0.waiters.values.compactMap(\.deadline).min() }) else { return -1 }
    // Rounded up: waking a moment early would spin.
    return Int32(clamping: (deadline - ContinuousClock.now).wholeMilliseconds + 1)
  }

  private func expire() {
    let expired = state.withLock { state -> [Waiter] in
      let now = ContinuousClock.now
      let tokens = state.waiters.filter { $0.value.deadline.map { $0 <= now } ?? false }.map(\.key)
      return tokens.compactMap { state.waiters.removeValue(forKey: $0) }
    }
    for waiter in expired { waiter.continuation.resume(returning: .deadline) }
  }
}

private func wake(_ descriptor: Int32) {
  var one: UInt64 = 1
  _ = write(descriptor, &one, 8)
}

func systemMessage(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
