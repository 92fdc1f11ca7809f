import CLibPQ
import Synchronization

extension PostgresConnection {
  /// Starts `COPY ... TO STDOUT` and returns its bytes as something to pull from, for callers that cannot use the
  /// closure of ``copyOut(_:_:)``.
  ///
  /// The connection serves nobody else until the stream is at its end or released; released early, the COPY is
  /// cancelled on the server.
  ///
  /// - Throws: ``PostgresError``; `CancellationError`.
  public func openCopyOut(_ sql: String) async throws -> PostgresCopyStream {
    try refuseNUL(in: sql)
    try await acquireTurn()
    do {
      try await cancellable { try await startCopy(sql, PGRES_COPY_OUT) }
      canceller.begin()
      return PostgresCopyStream(connection: self, sql: sql, loan: loan.start())
    } catch {
      releaseTurn()
      throw error
    }
  }

  func nextChunk(of stream: PostgresCopyStream) async throws -> [UInt8]? {
    let canceller = canceller
    do {
      return try await withTaskCancellationHandler {
        try await nextCopyChunk(stream.loan, sql: stream.sql)
      } onCancel: {
        canceller.cancel(byTask: true)
      }
    } catch let error as PostgresError where canceller.isTaskCancelled && error.sqlState == .queryCanceled {
      throw CancellationError()
    }
  }

  func endCopyStream() async {
    await endLoan()
    _ = await canceller.end()
    releaseTurn()
  }
}

/// The bytes of a running `COPY TO STDOUT`, pulled chunk by chunk. One reader.
public final class PostgresCopyStream: Sendable {
  let sql: String
  let loan: Int
  private let connection: PostgresConnection
  private let isOpen = Mutex(true)

  init(connection: PostgresConnection, sql: String, loan: Int) {
    self.connection = connection
    self.sql = sql
    self.loan = loan
  }

  deinit {
    guard isOpen.withLock({ $0 }) else { return }
    let connection = connection
    Task { await connection.endCopyStream() }
  }

  /// The next chunk of whole rows; `nil` at the end.
  ///
  /// - Throws: ``PostgresError``; `CancellationError`. After an error the stream is at its end.
  public func next() async throws -> [UInt8]? {
    guard isOpen.withLock({ $0 }) else { return nil }
    do {
      if let chunk = try await connection.nextChunk(of: self) { return chunk }
      await close()
      return nil
    } catch {
      await close()
      throw error
    }
  }

  /// Ends the stream; what was not read is not sent any more.
  public func close() async {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    if wasOpen { await connection.endCopyStream() }
  }
}
