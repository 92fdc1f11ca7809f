import Logging
import PostgresClient
import PostgresTesting
import Synchronization
import Testing

/// The error that `body` must throw.
func postgresError<Value>(_ body: @Sendable () async throws -> Value) async throws -> PostgresError {
  do {
    _ = try await body()
  } catch let error as PostgresError {
    return error
  }
  return try #require(nil as PostgresError?, "no error was thrown")
}

/// Lends a connection to a database of its own.
@discardableResult
func withConnection<Value: Sendable>(
  logger: Logger = .quiet, configure: (inout PostgresConfiguration) -> Void = { _ in },
  _ body: (PostgresConnection, TestDatabase) async throws -> Value
) async throws -> Value {
  try await withDatabase(schemas: false) { database async throws in
    var configuration = PostgresConfiguration(database.connectionString, connectTimeout: .seconds(120))
    configure(&configuration)
    let connection = try await PostgresConnection.connect(configuration, logger: logger)
    let value = try await body(connection, database)
    await connection.close()
    return value
  }
}

/// Lends a private cluster that listens on TCP, and a proxy in front of it.
@discardableResult
func withProxy<Value: Sendable>(
  settings: [String: String] = [:], _ body: (PrivateCluster, TCPProxy) async throws -> Value
) async throws -> Value {
  try await PrivateCluster.with(ClusterConfiguration(settings: settings)) { cluster in
    let proxy = try TCPProxy(to: cluster)
    let value = try await body(cluster, proxy)
    proxy.stop()
    return value
  }
}

extension PostgresConnection {
  static func connect(_ connectionString: String) async throws -> PostgresConnection {
    // A loaded machine is no reason to fail; a time-out in the text is meant.
    let limit: Duration? = connectionString.contains("connect_timeout") ? nil : .seconds(120)
    return try await connect(PostgresConfiguration(connectionString, connectTimeout: limit), logger: .quiet)
  }

  /// The first cell of the first row.
  func value<Value: PostgresDecodable>(_ query: PostgresQuery, as type: Value.Type = Value.self) async throws -> Value {
    try #require(try await self.query(query).first).decode(0)
  }

  /// Waits until `backend` runs a statement that contains `text`.
  func awaitActivity(of backend: PostgresConnection, running text: String, wait: String? = nil) async throws {
    try await pollUntil("'\(text)' to run", interval: .milliseconds(3)) {
      try await self.value(
        """
        select count(*) from pg_stat_activity where pid = \(backend.backendPID) and state = 'active'
        and query like \("%\(text)%") and (\(wait)::text is null or wait_event = \(wait))
        """, as: Int.self) == 1
    }
  }

  /// Waits until `backend` runs nothing.
  func awaitIdle(_ backend: PostgresConnection) async throws {
    try await pollUntil("the statement to stop", interval: .milliseconds(3)) {
      try await self.value(
        "select count(*) from pg_stat_activity where pid = \(backend.backendPID) and state = 'active'", as: Int.self)
        == 0
    }
  }
}

extension Logger {
  static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Keeps what is logged.
final class LogRecorder: LogHandler, Sendable {
  struct Line: Sendable {
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata
  }

  private let recorded = Mutex<[Line]>([])
  var lines: [Line] { recorded.withLock { $0 } }
  var logger: Logger { Logger(label: "test") { _ in self } }

  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    let line = Line(level: event.level, message: "\(event.message)", metadata: event.metadata ?? [:])
    recorded.withLock { $0.append(line) }
  }
}

/// A value that several tasks change.
final class Shared<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) { mutex = Mutex(value) }

  var value: Value { mutex.withLock { $0 } }

  func change(_ body: @Sendable (inout Value) -> Void) { mutex.withLock { body(&$0) } }
}
