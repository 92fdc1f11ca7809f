import CLibPQ
import Glibc
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
  private let notices: NoticeReceiver
  private var turn = Turn()
  var preparedNames: [String: String] = [:]
  var copyEnded = false
  nonisolated let canceller = QueryCanceller()

  /// Connects.
  ///
  /// - Throws: ``PostgresError`` with `connectionFailed` or `timedOut`; `CancellationError`.
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
  public func close() { release() }

  /// Whether the connection was closed or lost.
  public var isClosed: Bool { handle.map { PQstatus($0) != CONNECTION_OK } ?? true }

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

  // MARK: Opening and closing

  private func open() async throws {
    let keywords = ["dbname", "fallback_application_name", "client_encoding"]
    let values = [configuration.connectionString, configuration.applicationName, "UTF8"]
    let started = withCStrings(keywords) { keywords in
      withCStrings(values) { values in PQconnectStartParams(keywords, values, 1) }
    }
    guard let started else { throw PostgresError(.connectionFailed, "out of memory while connecting") }
    handle = started
    notices.attach(to: started)
    guard PQstatus(started) != CONNECTION_BAD else { throw connectFailure() }
    do {
      let limit = configuration.connectTimeout ?? connectTimeoutOfString() ?? .seconds(15)
      try await establish(started, until: ContinuousClock.now + limit, limit: limit)
      identity.withLock { $0 = PQbackendPID(started) }
      canceller.attach(PQgetCancel(started), socket: PQsocket(started))
      guard PQsetnonblocking(started, 1) == 0 else { throw connectFailure() }
      if let setup = configuration.sessionSetup { try await executeScript(setup) }
    } catch {
      release()
      throw error
    }
  }

  private func establish(_ handle: OpaquePointer, until deadline: ContinuousClock.Instant, limit: Duration) async throws {
    // The first wait is for writing; libpq may change its socket between calls, so it is asked each time.
    var interest = SocketInterest.writable
    while true {
      let wake = try await SocketEvents.shared.wait(PQsocket(handle), for: interest, until: deadline, cancellable: true)
      if wake == .deadline {
        throw PostgresError(
          .timedOut, "no connection within \(limit)", hint: "check host and port, or raise connect_timeout")
      }
      switch PQconnectPoll(handle) {
      case PGRES_POLLING_READING: interest = .readable
      case PGRES_POLLING_WRITING: interest = .writable
      case PGRES_POLLING_OK: return
      default: throw connectFailure()
      }
    }
  }

  private func connectFailure() -> PostgresError {
    let text = handle.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? "no connection"
    return PostgresError.connecting(text)
  }

  /// `connect_timeout` as libpq sees it; its blocking connect honours it, the polling one leaves it to us.
  private func connectTimeoutOfString() -> Duration? {
    guard let handle, let options = PQconninfo(handle) else { return nil }
    defer { PQconninfoFree(options) }
    var option = options
    while let keyword = option.pointee.keyword {
      if String(cString: keyword) == "connect_timeout", let value = option.pointee.val,
        let seconds = Int(String(cString: value)), seconds > 0
      {
        return .seconds(max(2, seconds))
      }
      option += 1
    }
    return nil
  }

  private func release() {
    canceller.detach()
    preparedNames = [:]
    if let handle { PQfinish(handle) }
    handle = nil
  }

  // MARK: For the operations in the extensions

  /// The libpq handle.
  ///
  /// - Throws: `misuse` after ``close()``, `connectionLost` when the server or the network went away.
  func openHandle() throws -> OpaquePointer {
    guard let handle else { throw PostgresError(.misuse, "the connection is closed") }
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

  func lostConnection() -> PostgresError {
    let text = handle.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? ""
    return PostgresError.lost(text)
  }

  /// Runs an operation when all earlier ones have ended.
  ///
  /// - Throws: what the operation throws; `CancellationError` when cancelled while waiting.
  func withTurn<Value>(_ operation: () async throws -> Value) async throws -> Value {
    try await acquireTurn()
    defer { releaseTurn() }
    return try await operation()
  }

  /// Waits until all earlier operations have ended; pair with ``releaseTurn()``.
  ///
  /// - Throws: `CancellationError`, without the turn.
  func acquireTurn() async throws {
    if turn.isTaken {
      await withCheckedContinuation { turn.waiting.append($0) }  // whoever ends hands the turn over
    } else {
      turn.isTaken = true
    }
    if Task.isCancelled {
      releaseTurn()
      throw CancellationError()
    }
  }

  func releaseTurn() {
    if turn.waiting.isEmpty { turn.isTaken = false } else { turn.waiting.removeFirst().resume() }
  }
}

/// Who uses the connection and who waits for it.
private struct Turn {
  var isTaken = false
  var waiting: [CheckedContinuation<Void, Never>] = []
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
