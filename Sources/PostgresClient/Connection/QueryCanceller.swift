import CLibPQ
@preconcurrency import Dispatch
import Glibc
import Synchronization

/// Asks the server to stop the running statement, from whatever thread a task is cancelled on.
///
/// A request can reach a server that has not yet read the statement, and is then lost; so it is repeated until the
/// statement ends, and when that does not happen in time, the connection is cut. A statement counts as ended only when
/// no request for it is under way any more, so that none can hit the next statement.
final class QueryCanceller: Sendable {
  /// A `PGcancel`, freed when nobody uses it any more.
  ///
  /// Unchecked: libpq makes it for use from other threads, and nothing here changes it.
  private final class Request: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQfreeCancel(pointer) }

    /// Blocks until the server has passed the request on: it opens a connection of its own.
    func send() {
      var reason = [CChar](repeating: 0, count: 256)
      _ = PQcancel(pointer, &reason, Int32(reason.count))
    }
  }

  private struct State {
    var request: Request?
    var socket: Int32 = -1
    var grace: Duration = .seconds(10)
    /// Counts statements; a request names the one it is for.
    var generation: UInt64 = 0
    var isRunning = false
    /// Whether the statement shall stop, for whatever reason.
    var isAsked = false
    /// Whether it shall stop because its task was cancelled, which the caller is told.
    var isTaskCancelled = false
    var isSending = false
    /// The connection is gone; there is no next statement that a request could hit.
    var isCut = false
    var ending: [CheckedContinuation<Void, Never>] = []

    /// Shuts the socket down, which wakes whoever waits for it; who waits for a request is for the caller to wake.
    mutating func cut() -> [CheckedContinuation<Void, Never>] {
      isCut = true
      if socket >= 0 { _ = shutdown(socket, Int32(SHUT_RDWR)) }
      return takeEnding()
    }

    mutating func takeEnding() -> [CheckedContinuation<Void, Never>] {
      defer { ending = [] }
      return ending
    }
  }

  private let state = Mutex(State())
  private static let timers = DispatchQueue(label: "trunkline.postgres.cancel")

  func attach(_ cancel: OpaquePointer?, socket: Int32, grace: Duration) {
    state.withLock {
      $0.request = cancel.map { Request($0) }
      $0.socket = socket
      $0.grace = grace
    }
  }

  /// Must come before the socket is closed.
  func detach() {
    state.withLock {
      $0.request = nil
      $0.socket = -1
      $0.isRunning = false
    }
  }

  /// Marks the start of a statement.
  func begin() {
    state.withLock {
      $0.generation += 1
      $0.isRunning = true
      $0.isAsked = false
      $0.isTaskCancelled = false
    }
  }

  /// Marks the end of the statement, after a request that is under way has been answered.
  ///
  /// - Returns: whether the statement's task was cancelled.
  func end() async -> Bool {
    let mustWait = state.withLock {
      $0.isRunning = false
      return $0.isSending && !$0.isCut
    }
    if mustWait {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard state.isSending, !state.isCut else { return true }
          state.ending.append(continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    }
    return state.withLock { $0.isTaskCancelled }
  }

  /// Whether the running statement's task was cancelled.
  var isTaskCancelled: Bool { state.withLock { $0.isTaskCancelled } }

  /// Whether the connection was cut under a statement that did not end in time.
  var isCut: Bool { state.withLock { $0.isCut } }

  /// Asks for the running statement to stop.
  func cancel(byTask: Bool = false) {
    let asked: (generation: UInt64, grace: Duration)? = state.withLock {
      guard $0.isRunning else { return nil }
      if byTask { $0.isTaskCancelled = true }
      guard !$0.isAsked else { return nil }
      $0.isAsked = true
      return ($0.generation, $0.grace)
    }
    guard let asked else { return }
    BlockingThread.run { self.send(asked.generation, repeatAfter: .milliseconds(50)) }
    Self.timers.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: asked.grace.wholeMilliseconds))) {
      self.cut(asked.generation)
    }
  }

  /// Ends the connection under whatever runs on it.
  func cut() {
    let ending = state.withLock { $0.cut() }
    for continuation in ending { continuation.resume() }
  }

  private func isRunning(_ generation: UInt64) -> Bool {
    state.withLock { $0.isRunning && $0.generation == generation }
  }

  private func send(_ generation: UInt64, repeatAfter pause: Duration) {
    let request: Request? = state.withLock {
      guard $0.isRunning, $0.generation == generation, !$0.isSending else { return nil }
      $0.isSending = $0.request != nil
      return $0.request
    }
    guard let request else { return }
    request.send()
    let ending = state.withLock {
      $0.isSending = false
      return $0.takeEnding()
    }
    for continuation in ending { continuation.resume() }
    Self.timers.asyncAfter(deadline: .now() + .milliseconds(Int(pause.wholeMilliseconds))) {
      guard self.isRunning(generation) else { return }
      BlockingThread.run { self.send(generation, repeatAfter: min(pause * 2, .seconds(1))) }
    }
  }

  /// The grace time is over: a statement that still runs, or a request that still hangs, ends with the connection.
  private func cut(_ generation: UInt64) {
    let ending = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard state.generation == generation, state.isRunning || state.isSending else { return [] }
      return state.cut()
    }
    for continuation in ending { continuation.resume() }
  }
}
