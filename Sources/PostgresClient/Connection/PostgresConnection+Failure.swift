import CLibPQ

/// Turning libpq's reports into errors, and noticing that the connection is of no use any more.
extension PostgresConnection {
  /// The error in a result, which is freed. An error that ends the session marks the connection as broken.
  func failure(_ result: OpaquePointer, _ sql: String?) -> PostgresError {
    var error = PostgresError(result: result, query: sql)
    PQclear(result)
    if error.endsSession || (try? rawHandle()).map({ PQstatus($0) != CONNECTION_OK }) ?? true {
      error.code = .connectionLost
      error.hint = error.hint ?? PostgresError.lossHint
      var reason = error
      reason.query = nil
      breakConnection(reason)
    }
    return error
  }

  /// The error for a connection that broke: the server's last words when it said any, else the system's.
  func lostConnection() -> PostgresError {
    guard let handle = try? rawHandle() else { return .lost("") }
    let text =
      canceller.isCut
      ? "the connection was closed while a statement ran" : String(cString: PQerrorMessage(handle))
    let reason = lastWords(handle) ?? notices.farewell ?? .lost(text)
    breakConnection(reason)
    return reason
  }

  /// An error that the server sent before the connection closed and that libpq holds unread.
  private func lastWords(_ handle: OpaquePointer) -> PostgresError? {
    guard PQstatus(handle) != CONNECTION_OK else { return nil }  // only then reading cannot block
    var nulls = 0
    for _ in 0..<10_000 where nulls < 2 {
      guard let result = PQgetResult(handle) else {
        nulls += 1
        continue
      }
      nulls = 0
      let status = PQresultStatus(result)
      var error = PostgresError(result: result, query: nil)
      PQclear(result)
      switch status {
      case PGRES_FATAL_ERROR where error.endsSession:
        error.code = .connectionLost
        error.hint = error.hint ?? PostgresError.lossHint
        return error
      case PGRES_COPY_IN: PQputCopyEnd(handle, nil)
      case PGRES_COPY_OUT, PGRES_COPY_BOTH:
        var buffer: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(handle, &buffer, 1) > 0 { PQfreemem(buffer) }
        if status == PGRES_COPY_BOTH { return nil }
      default: break
      }
    }
    return nil
  }

  /// Why libpq did not take a statement.
  func sendFailure(_ sql: String) -> PostgresError {
    guard let handle = try? rawHandle(), PQstatus(handle) == CONNECTION_OK else { return lostConnection() }
    let text = String(cString: PQerrorMessage(handle))
    // A write that fails over TLS leaves the status as it was.
    guard PQconsumeInput(handle) == 1, !canceller.isCut else { return lostConnection() }
    return PostgresError(.misuse, trimmed(text), query: sql)
  }
}
