import CLibPQ

/// Moving bytes between libpq and the socket; every operation is built on these few steps.
extension PostgresConnection {
  /// Sends what libpq has buffered, reading meanwhile so that neither side can block the other.
  ///
  /// - Throws: `connectionLost`.
  func flush() async throws {
    let handle = try openHandle()
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        _ = try await SocketEvents.shared.wait(PQsocket(handle), for: [.readable, .writable], cancellable: false)
        guard PQconsumeInput(handle) == 1 else { throw lostConnection() }
      default: throw lostConnection()
      }
    }
  }

  /// Waits until the next result can be taken without blocking.
  ///
  /// Not cancellable itself: cancelling the task makes the server end the statement, and that answer is awaited here.
  ///
  /// - Throws: `connectionLost`.
  func awaitResult() async throws {
    let handle = try openHandle()
    while PQisBusy(handle) == 1 {
      _ = try await SocketEvents.shared.wait(PQsocket(handle), for: .readable, cancellable: false)
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

  /// Reads and drops what is left of the running statement.
  func discardResults() async {
    while let result = try? await nextResult() {
      let status = PQresultStatus(result)
      PQclear(result)
      if status == PGRES_COPY_IN, let handle = try? openHandle() { PQputCopyEnd(handle, "abandoned by the client") }
      if status == PGRES_COPY_OUT, let handle = try? openHandle() { await discardCopy(handle) }
    }
  }

  private func discardCopy(_ handle: OpaquePointer) async {
    while true {
      var buffer: UnsafeMutablePointer<CChar>?
      let length = PQgetCopyData(handle, &buffer, 1)
      if let buffer { PQfreemem(buffer) }
      if length > 0 { continue }
      guard length == 0 else { return }
      guard (try? await SocketEvents.shared.wait(PQsocket(handle), for: .readable, cancellable: false)) != nil,
        PQconsumeInput(handle) == 1
      else { return }
    }
  }

  /// Runs a statement's whole exchange so that cancelling the task cancels the statement on the server.
  ///
  /// - Throws: what `exchange` throws; `CancellationError` in place of the server's "canceling statement" when the
  ///   task was cancelled.
  func cancellable<Value>(_ exchange: () async throws -> Value) async throws -> Value {
    canceller.begin()
    let canceller = canceller
    do {
      let value = try await withTaskCancellationHandler {
        try await exchange()
      } onCancel: {
        canceller.cancel(byTask: true)
      }
      _ = canceller.end()
      return value
    } catch let error as PostgresError {
      let wasAsked = canceller.end()
      guard wasAsked, error.sqlState == .queryCanceled || error.code == .connectionLost else { throw error }
      throw CancellationError()
    } catch {
      _ = canceller.end()
      throw error
    }
  }
}
