import CLibPQ
@preconcurrency import Dispatch
import Glibc
import Synchronization

/// One attempt to connect, made on a thread that may block: libpq looks up names and talks to Kerberos in the middle
/// of its "non-blocking" calls. Whoever waits here can leave at any time; the attempt is then thrown away when the
/// call that blocks returns.
///
/// Unchecked: the handle is used by one call at a time, and freed by whoever ends last.
final class ConnectAttempt: @unchecked Sendable {
  /// Unchecked: it lives inside the mutex; the pointer in it is used as the class says.
  private struct State: @unchecked Sendable {
    var handle: OpaquePointer?
    var isCalling = false
    var isAbandoned = false
    var waiting: CheckedContinuation<PostgresPollingStatusType?, any Error>?
  }

  private let state = Mutex(State())
  private static let timers = DispatchQueue(label: "trunkline.postgres.connect")

  /// Starts to connect.
  ///
  /// - Returns: false when the deadline passed first.
  /// - Throws: `CancellationError`.
  func start(_ parameters: [(String, String)], until deadline: ContinuousClock.Instant) async throws -> Bool {
    try await call(until: deadline) { _ in
      let handle = withCStrings(parameters.map(\.0)) { keywords in
        withCStrings(parameters.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
      }
      if let handle { PQsetErrorVerbosity(handle, PQERRORS_VERBOSE) }  // for the SQLSTATE in the error text
      return (handle, PGRES_POLLING_WRITING)
    } != nil
  }

  /// Goes one step on.
  ///
  /// - Returns: what to wait for; `nil` when the deadline passed.
  /// - Throws: `CancellationError`.
  func poll(until deadline: ContinuousClock.Instant) async throws -> PostgresPollingStatusType? {
    try await call(until: deadline) { handle in (handle, PQconnectPoll(handle)) }
  }

  /// The handle, for its new owner.
  func take() -> OpaquePointer? {
    state.withLock { state in
      defer { state.handle = nil }
      return state.handle
    }
  }

  /// Ends the attempt, now or when the call under way returns.
  func abandon() {
    let handle: OpaquePointer? = state.withLock { state in
      state.isAbandoned = true
      guard !state.isCalling else { return nil }
      defer { state.handle = nil }
      return state.handle
    }
    if let handle { PQfinish(handle) }
  }

  private func call(
    until deadline: ContinuousClock.Instant,
    _ body: @escaping @Sendable (OpaquePointer?) -> (OpaquePointer?, PostgresPollingStatusType)
  ) async throws -> PostgresPollingStatusType? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        state.withLock {
          $0.waiting = continuation
          $0.isCalling = true
        }
        BlockingThread.run { self.run(body) }
        let rest = min((deadline - .now).wholeMilliseconds + 1, 86_400_000)
        Self.timers.asyncAfter(deadline: .now() + .milliseconds(Int(rest))) { [weak self] in
          self?.resume(returning: nil, at: deadline)
        }
        if Task.isCancelled { resume(throwing: CancellationError()) }
      }
    } onCancel: {
      resume(throwing: CancellationError())
    }
  }

  private func run(_ body: (OpaquePointer?) -> (OpaquePointer?, PostgresPollingStatusType)) {
    let (handle, status) = body(state.withLock { $0.handle })
    let isAbandoned = state.withLock {
      $0.handle = handle
      $0.isCalling = false
      return $0.isAbandoned
    }
    if isAbandoned { abandon() }
    takeWaiting()?.resume(returning: status)
  }

  /// A deadline's timer outlives the call it was for; it must not end a later call early.
  private func resume(returning status: PostgresPollingStatusType?, at deadline: ContinuousClock.Instant) {
    guard ContinuousClock.now >= deadline else { return }
    takeWaiting()?.resume(returning: status)
  }

  private func resume(throwing error: any Error) { takeWaiting()?.resume(throwing: error) }

  private func takeWaiting() -> CheckedContinuation<PostgresPollingStatusType?, any Error>? {
    state.withLock { state in
      defer { state.waiting = nil }
      return state.waiting
    }
  }
}

/// What can be asked while no call is under way.
extension ConnectAttempt {
  /// A server among those of the connection string.
  struct Place: Equatable {
    var host: String
    var port: String
  }

  private func ask<Answer: Sendable>(_ question: (OpaquePointer) -> Answer?) -> Answer? {
    state.withLock { state in state.handle.flatMap(question) }
  }

  /// Whether there is something to wait for.
  var isUnderWay: Bool { ask { PQstatus($0) != CONNECTION_BAD } ?? false }

  /// libpq may change its socket with every call.
  var socket: Int32 { ask { PQsocket($0) } ?? -1 }

  /// The server that is being tried.
  var place: Place {
    ask {
      Place(host: PQhost($0).map { String(cString: $0) } ?? "", port: PQport($0).map { String(cString: $0) } ?? "")
    } ?? Place(host: "", port: "")
  }

  /// All servers to try.
  var hosts: HostList {
    HostList(
      host: ask { ConnectionString.option("host", of: $0) },
      hostaddr: ask { ConnectionString.option("hostaddr", of: $0) },
      port: ask { ConnectionString.option("port", of: $0) })
  }

  /// `connect_timeout` as libpq's blocking connect takes it.
  var connectTimeout: Duration? {
    ask { ConnectionString.option("connect_timeout", of: $0) }.flatMap { Int($0) }
      .flatMap { $0 > 0 ? .seconds(max(2, $0)) : nil }
  }

  /// Why there is no connection.
  var failure: PostgresError {
    .connecting(ask { PQerrorMessage($0).map { String(cString: $0) } } ?? "out of memory while connecting")
  }
}

/// Lends an array of C strings ended by a null pointer.
private func withCStrings<Value>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value?
) -> Value? {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
  return pointers.withUnsafeBufferPointer { buffer in buffer.baseAddress.flatMap(body) }
}
