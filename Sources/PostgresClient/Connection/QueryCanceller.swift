import CLibPQ
@preconcurrency import Dispatch
import Glibc
import Synchronization

/// Asks the server to stop the running statement, from whatever thread a task is cancelled on.
///
/// Unchecked: the pointer is only touched under the lock, and libpq's `PGcancel` is made for use from other threads.
final class QueryCanceller: @unchecked Sendable {
  /// How long a server may take to confirm a cancel before the connection is given up.
  static let grace: Duration = .seconds(10)

  private struct State: @unchecked Sendable {
    var cancel: OpaquePointer?
    var socket: Int32 = -1
    /// Counts statements, so that a late request cannot hit the next statement.
    var generation: UInt64 = 0
    var isRunning = false
    var isCancelled = false
    /// The task itself was cancelled, which the caller shall see.
    var isTaskCancelled = false
  }

  private let state = Mutex(State())

  func attach(_ cancel: OpaquePointer?, socket: Int32) {
    state.withLock {
      $0.cancel = cancel
      $0.socket = socket
    }
  }

  func detach() {
    state.withLock {
      if let cancel = $0.cancel { PQfreeCancel(cancel) }
      $0.cancel = nil
      $0.socket = -1
      $0.isRunning = false
    }
  }

  /// Marks the start of a statement.
  func begin() {
    state.withLock {
      $0.generation += 1
      $0.isRunning = true
      $0.isCancelled = false
      $0.isTaskCancelled = false
    }
  }

  /// Marks the end of the statement. True when it was asked to stop because its task was cancelled.
  func end() -> Bool {
    state.withLock {
      $0.isRunning = false
      return $0.isTaskCancelled
    }
  }

  /// Whether the running statement's task was cancelled.
  var isTaskCancelled: Bool { state.withLock { $0.isTaskCancelled } }

  /// Asks once for the running statement to stop; cuts the connection when no answer comes within the grace time.
  func cancel(byTask: Bool = false) {
    let generation: UInt64? = state.withLock {
      if byTask, $0.isRunning { $0.isTaskCancelled = true }
      guard $0.isRunning, !$0.isCancelled else { return nil }
      $0.isCancelled = true
      return $0.generation
    }
    guard let generation else { return }
    let queue = DispatchQueue.global()
    queue.async { self.request(generation) }
    queue.asyncAfter(deadline: .now() + .seconds(Int(Self.grace.components.seconds))) { self.cut(generation) }
  }

  /// `PQcancel` blocks: it opens a connection of its own. The lock keeps the statement from ending meanwhile, so the
  /// request cannot reach a later one.
  private func request(_ generation: UInt64) {
    state.withLock {
      guard $0.isRunning, $0.generation == generation, let cancel = $0.cancel else { return }
      var reason = [CChar](repeating: 0, count: 256)
      _ = PQcancel(cancel, &reason, Int32(reason.count))
    }
  }

  private func cut(_ generation: UInt64) {
    state.withLock {
      guard $0.isRunning, $0.generation == generation, $0.socket >= 0 else { return }
      _ = shutdown($0.socket, Int32(SHUT_RDWR))
    }
  }
}
