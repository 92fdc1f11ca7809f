import CLibPQ
public import Logging
import Synchronization

/// One connection to a PostgreSQL server.
///
/// Operations run one after another in the order of their calls. A transaction or a stream belongs to the task that
/// opened it: statements that other tasks send on the same connection would join the transaction, so give every task
/// a connection of its own (``PostgresPool``). Cancelling a task that waits for a statement cancels the statement on
/// the server. The connection closes when it is released.
public actor PostgresConnection {
  /// How this connection was made.
  public nonisolated let configuration: PostgresConfiguration
  /// Where server notices go.
  public nonisolated let logger: Logger
  /// The backend's process id, as in `pg_stat_activity`.
  public nonisolated var backendPID: Int32 { identity.withLock { $0 } }

  private nonisolated let identity = Mutex<Int32>(0)
  private var handle: OpaquePointer?
  /// Why the connection is of no use any more; it keeps its handle until it is closed or released.
  private var loss: PostgresError?
  private var isClosing = false
  private var turns = TurnQueue()
  private var turnWaiters: [UInt64: CheckedContinuation<Void, any Error>] = [:]
  private var lastTurn: UInt64 = 0
  /// The end of the time for connecting; `nil` once that is done.
  var deadline: ContinuousClock.Instant?
  var prepared = PreparedStatements()
  var loan = Loan()
  /// Whether libpq may still be in single-row mode.
  var hasStreamed = false
  let notices: NoticeReceiver
  nonisolated let canceller = QueryCanceller()

  /// Connections whose stream or COPY the running task is in: using one of them there would wait for itself.
  @TaskLocal static var lent: Set<ObjectIdentifier> = []

  /// Connects.
  ///
  /// - Throws: ``PostgresError`` with `connectionFailed`, `timedOut`, or `invalidInput` for a malformed connection
  ///   string; `CancellationError`.
  public static func connect(
    _ configuration: PostgresConfiguration, logger: Logger = Logger(label: "postgres")
  ) async throws -> PostgresConnection {
    let connection = PostgresConnection(configuration: configuration, logger: logger)
    try await connection.open()
    return connection
  }

  private init(configuration: PostgresConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    self.notices = NoticeReceiver(logger: logger)
  }

  isolated deinit { release() }

  /// Closes the connection. A running statement of another task fails with `connectionLost`.
  public func close() {
    isClosing = true
    if turns.isTaken { canceller.cut() } else { release() }
  }

  /// Whether the connection was closed or lost.
  public var isClosed: Bool {
    guard let handle, loss == nil, !isClosing, !canceller.isCut else { return true }
    return PQstatus(handle) != CONNECTION_OK
  }

  /// Whether a transaction is open, failed or not.
  public var isInTransaction: Bool {
    guard let handle else { return false }
    return PQtransactionStatus(handle) == PQTRANS_INTRANS || PQtransactionStatus(handle) == PQTRANS_INERROR
  }

  /// The server's version as a number: 150004 for 15.4.
  public var serverVersion: Int { handle.map { Int(PQserverVersion($0)) } ?? 0 }

  /// A setting that the server reports at once: `server_encoding`, `TimeZone`, `is_superuser`, ...
  public func reportedSetting(_ name: String) -> String? {
    handle.flatMap { PQparameterStatus($0, name) }.map { String(cString: $0) }
  }

  // MARK: For the operations in the extensions

  /// Takes over the handle of a connection that was made.
  ///
  /// - Throws: `connectionFailed`.
  func adopt(_ attempt: ConnectAttempt) throws {
    guard let handle = attempt.take() else { throw attempt.failure }
    self.handle = handle
    notices.attach(to: handle)
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
    identity.withLock { $0 = PQbackendPID(handle) }
    canceller.attach(PQgetCancel(handle), socket: PQsocket(handle), grace: configuration.cancelGrace)
    guard PQsetnonblocking(handle, 1) == 0 else {
      throw PostgresError.connecting(String(cString: PQerrorMessage(handle)))
    }
  }

  /// The libpq handle.
  ///
  /// - Throws: `misuse` after ``close()``, `connectionLost` when the server or the network went away.
  func openHandle() throws -> OpaquePointer {
    let handle = try rawHandle()
    if let loss { throw loss }
    guard !canceller.isCut else { throw lostConnection() }
    guard PQstatus(handle) == CONNECTION_OK else { throw lostConnection() }
    return handle
  }

  /// The libpq handle even after the connection broke, to read the server's last words.
  ///
  /// - Throws: `misuse` after ``close()``.
  func rawHandle() throws -> OpaquePointer {
    guard let handle else { throw PostgresError(.misuse, "the connection is closed") }
    return handle
  }

  /// From now on the connection counts as lost.
  func breakConnection(_ reason: PostgresError = .lost("")) { loss = loss ?? reason }

  /// Whether the server still holds the connection, as far as can be told without asking it.
  func isUsable() -> Bool {
    guard !isClosed, !turns.isTaken, let handle else { return false }
    // Twice: a server that goes sends its reason first, and the end of the stream is a read of its own.
    for _ in 0..<2 where PQconsumeInput(handle) != 1 || PQisBusy(handle) != 0 || notices.farewell != nil {
      _ = lostConnection()
    }
    return !isClosed
  }

  func release() {
    canceller.detach()
    prepared = PreparedStatements()
    if let handle { PQfinish(handle) }
    handle = nil
  }

  // MARK: One operation at a time

  /// Runs an operation when all earlier ones have ended.
  ///
  /// - Throws: what the operation throws; as ``acquireTurn()``.
  func withTurn<Value>(_ operation: () async throws -> Value) async throws -> Value {
    try await acquireTurn()
    defer { releaseTurn() }
    return try await operation()
  }

  /// Waits until all earlier operations have ended; pair with ``releaseTurn()``.
  ///
  /// - Throws: `CancellationError`, without the turn; `misuse` inside a stream or COPY of this connection.
  func acquireTurn() async throws {
    try Task.checkCancellation()
    lastTurn += 1
    let id = lastTurn
    if turns.isTaken, Self.lent.contains(ObjectIdentifier(self)) {
      throw PostgresError(
        .misuse, "the connection is busy with the stream or COPY in which it was used again",
        hint: "use a second connection, or read the stream to its end first")
    }
    guard turns.request(id) == .wait else { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { turnWaiters[id] = $0 }
    } onCancel: {
      Task { await self.abandonTurn(id) }
    }
    // The turn may have come in the very moment of the cancellation.
    guard Task.isCancelled else { return }
    releaseTurn()
    throw CancellationError()
  }

  private func abandonTurn(_ id: UInt64) {
    guard turns.abandon(id) else { return }
    turnWaiters.removeValue(forKey: id)?.resume(throwing: CancellationError())
  }

  func releaseTurn() {
    let next = turns.pass()
    if isClosing { release() }
    if let next { turnWaiters.removeValue(forKey: next)?.resume() }
  }
}
