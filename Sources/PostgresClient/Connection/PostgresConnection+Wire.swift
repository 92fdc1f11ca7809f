import CLibPQ

/// Moving bytes between libpq and the socket; every operation is built on these few steps.
extension PostgresConnection {
  /// Waits for the socket; cancelling the task does not end the wait, the server's answer to the cancel request does.
  ///
  /// - Throws: `connectionLost`; `timedOut` when the deadline of the whole connection attempt passed.
  func awaitSocket(_ handle: OpaquePointer, _ interest: SocketInterest) async throws {
    let wake = try await SocketEvents.shared.wait(
      PQsocket(handle), for: interest, until: deadline, cancellable: false)
    if wake == .deadline { throw connectTimedOut() }
  }

  /// Sends what libpq has buffered, reading meanwhile so that neither side can block the other.
  ///
  /// - Throws: `connectionLost`.
  func flush() async throws {
    let handle = try openHandle()
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        try await awaitSocket(handle, [.readable, .writable])
        guard PQconsumeInput(handle) == 1 else { throw lostConnection() }
      default: throw lostConnection()
      }
    }
  }

  /// Waits until the next result can be taken without blocking.
  ///
  /// - Throws: `connectionLost`.
  func awaitResult() async throws {
    let handle = try openHandle()
    while PQisBusy(handle) == 1 {
      try await awaitSocket(handle, .readable)
      guard PQconsumeInput(handle) == 1 else {
        // A server that shuts down sends its reason before it closes; libpq may have it already.
        if PQisBusy(handle) == 0 { return }
        throw lostConnection()
      }
    }
  }

  /// The next result of the running statement; `nil` at its end.
  ///
  /// - Throws: `connectionLost`.
  func nextResult() async throws -> OpaquePointer? {
    try await awaitResult()
    return PQgetResult(try rawHandle())
  }

  /// Takes the input that has arrived, without waiting. False when the connection is lost.
  func takeInput(_ handle: OpaquePointer) -> Bool { PQconsumeInput(handle) == 1 }

  /// Reads and drops what is left of the running statement.
  func discardResults() async {
    while let result = try? await nextResult() {
      let status = PQresultStatus(result)
      if status == PGRES_FATAL_ERROR { _ = failure(result, nil) } else { PQclear(result) }
      if status == PGRES_COPY_IN, let handle = try? openHandle() { PQputCopyEnd(handle, "abandoned by the client") }
      if status == PGRES_COPY_OUT, let handle = try? openHandle() { await discardCopy(handle) }
      if status == PGRES_COPY_BOTH { return breakConnection() }
    }
  }

  private func discardCopy(_ handle: OpaquePointer) async {
    while true {
      var buffer: UnsafeMutablePointer<CChar>?
      let length = PQgetCopyData(handle, &buffer, 1)
      if let buffer { PQfreemem(buffer) }
      if length > 0 { continue }
      guard length == 0 else { return }
      guard (try? await awaitSocket(handle, .readable)) != nil, PQconsumeInput(handle) == 1 else { return }
    }
  }

  /// Runs a statement's whole exchange so that cancelling the task cancels the statement on the server.
  ///
  /// - Parameter hidesLoss: whether a connection that broke after the task was cancelled is reported as the
  ///   cancellation; not so for COMMIT, whose outcome is then unknown.
  /// - Throws: what `exchange` throws; `CancellationError` in place of the server's "canceling statement" when the
  ///   task was cancelled.
  func cancellable<Value>(hidesLoss: Bool = true, _ exchange: () async throws -> Value) async throws -> Value {
    try Task.checkCancellation()
    canceller.begin()
    let canceller = canceller
    do {
      let value = try await withTaskCancellationHandler {
        try await exchange()
      } onCancel: {
        canceller.cancel(byTask: true)
      }
      _ = await canceller.end()
      return value
    } catch let error as PostgresError {
      guard await canceller.end(),
        error.sqlState == .queryCanceled || (hidesLoss && error.code == .connectionLost)
      else { throw error }
      throw CancellationError()
    } catch {
      _ = await canceller.end()
      throw error
    }
  }
}
