import CLibPQ

/// Streams and COPY lend the connection to a closure and bring it back to rest whatever that does.
extension PostgresConnection {
  /// Lends to the closure; what it leaves unread is cancelled on the server.
  func lend<Value: Sendable>(to body: @Sendable (_ loan: Int) async throws -> Value) async throws -> Value {
    let number = loan.start()
    do {
      let value = try await Self.$lent.withValue(Self.lent.union([ObjectIdentifier(self)])) {
        try await body(number)
      }
      await endLoan()
      return value
    } catch {
      await endLoan()
      throw error
    }
  }

  /// Ends the running stream or COPY TO.
  func endLoan() async {
    loan.end()
    await stopSteps()
    guard let handle = try? openHandle() else { return }
    if !loan.isAtEnd { discardArrived(handle) }
    guard PQtransactionStatus(handle) == PQTRANS_ACTIVE else { return }
    canceller.cancel()
    await discardResults()
  }

  /// One call of a reader or writer.
  func withStep<Value>(_ number: Int, _ operation: () async throws -> Value) async throws -> Value {
    try loan.beginStep(number)
    defer { loan.endStep() }
    return try await operation()
  }

  /// A task that outlived the closure may still be in the middle of a call: it ends with the connection.
  func stopSteps() async {
    guard loan.isStepping else { return }
    canceller.cut()
    while loan.isStepping { await Task.yield() }
  }

  /// Drops what has arrived already: often the statement is over, and need not be cancelled.
  private func discardArrived(_ handle: OpaquePointer) {
    for _ in 0..<1000 where PQisBusy(handle) == 0 {
      guard let result = PQgetResult(handle) else { return }
      let status = PQresultStatus(result)
      if status == PGRES_FATAL_ERROR { _ = failure(result, nil) } else { PQclear(result) }
      if status == PGRES_COPY_OUT || status == PGRES_COPY_IN || status == PGRES_COPY_BOTH { return }
    }
  }
}
