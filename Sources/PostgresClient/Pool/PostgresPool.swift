public import Logging

/// A bounded set of connections, lent to closures.
///
/// A connection that comes back inside a transaction is rolled back; one that broke is dropped. Settings, LISTENs and
/// temporary tables of a session stay with its connection. A server that vanished without closing its connections is
/// noticed when they are next used, so let work that can be repeated retry on `connectionLost`.
public actor PostgresPool {
  private let configuration: PostgresConfiguration
  private let logger: Logger
  private var state: PoolState<PostgresConnection>
  private var requests: [Int: CheckedContinuation<PostgresConnection?, any Error>] = [:]
  private var nextRequest = 0

  /// Makes a pool; connections open when they are first needed.
  public init(
    _ configuration: PostgresConfiguration, maximumConnections: Int = 10, logger: Logger = Logger(label: "postgres")
  ) {
    self.configuration = configuration
    self.logger = logger
    self.state = PoolState(limit: maximumConnections)
  }

  /// Lends a connection for the time of the closure. Waits while all are lent. Do not let it escape.
  ///
  /// - Throws: what `body` throws; ``PostgresError`` of connecting; `misuse` after ``shutDown()``;
  ///   `CancellationError` while waiting.
  public func withConnection<Value>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> sending Value
  ) async throws -> sending Value {
    let connection = try await lease()
    do {
      let value = try await body(connection)
      await giveBack(connection)
      return value
    } catch {
      await giveBack(connection)
      throw error
    }
  }

  /// Closes idle connections, refuses new requests; lent connections close when they come back.
  public func shutDown() async {
    let (connections, refused) = state.shutDown()
    for connection in connections { await connection.close() }
    for id in refused { requests.removeValue(forKey: id)?.resume(throwing: Self.shutDownError) }
  }

  /// How many requests wait for a connection.
  public var waitingRequests: Int { state.waiting.count }

  private static let shutDownError = PostgresError(.misuse, "the connection pool is shut down")

  private func lease() async throws -> PostgresConnection {
    nextRequest += 1
    let id = nextRequest
    switch state.request(id) {
    case .lend(let connection): return try await usable(connection)
    case .open: return try await open()
    case .refuse: throw Self.shutDownError
    case .wait:
      let lent = try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { requests[id] = $0 }
      } onCancel: {
        Task { await self.abandon(id) }
      }
      if let lent { return lent }
      return try await open()
    }
  }

  /// An idle connection, or a new one in its place when the server has closed it meanwhile.
  private func usable(_ connection: PostgresConnection) async throws -> PostgresConnection {
    if await connection.isUsable() { return connection }
    await connection.close()
    return try await open()
  }

  private func abandon(_ id: Int) {
    guard state.abandon(id) else { return }
    requests.removeValue(forKey: id)?.resume(throwing: CancellationError())
  }

  private func open() async throws -> PostgresConnection {
    do {
      return try await PostgresConnection.connect(configuration, logger: logger)
    } catch {
      await perform(state.lose())
      throw error
    }
  }

  private func giveBack(_ connection: PostgresConnection) async {
    if await connection.isInTransaction {
      await Task { do { try await connection.execute("rollback") } catch { await connection.close() } }.value
    }
    await perform(await connection.isClosed ? state.lose() : state.giveBack(connection))
  }

  private func perform(_ action: PoolState<PostgresConnection>.ReturnAction) async {
    switch action {
    case .handOver(let connection, let id): requests.removeValue(forKey: id)?.resume(returning: connection)
    case .openFor(let id): requests.removeValue(forKey: id)?.resume(returning: nil)
    case .close(let connection): await connection.close()
    case .keep, .nothing: break
    }
  }
}
