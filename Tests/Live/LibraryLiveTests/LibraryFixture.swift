import EventQueue
import Logging
import PostgresClient
import PostgresTesting
import ServiceLifecycle
import Synchronization
import Testing

/// A database with a queue `q`, and consumers `c` of it.
struct LibraryFixture: Sendable {
  let database: TestDatabase
  /// Where consumers connect; a proxy's address in tests of broken links.
  var address: String

  static func with(_ body: (LibraryFixture) async throws -> Void) async throws {
    try await withDatabase { database in
      try await with(database, address: database.connectionString, body)
    }
  }

  static func with(
    _ database: TestDatabase, address: String, _ body: (LibraryFixture) async throws -> Void
  ) async throws {
    try await database.psql("select pgq.create_queue('q'); select pgq.register_consumer('q', 'c');")
    try await body(LibraryFixture(database: database, address: address))
  }

  func consumer(member: String? = nil) -> QueueConsumer {
    var consumer = QueueConsumer(
      queue: "q", name: "c", member: member, database: PostgresConfiguration(address), logger: Self.logger)
    consumer.maximumEvents = 1
    consumer.pollInterval = .milliseconds(200)
    consumer.heartbeatInterval = .milliseconds(50)
    consumer.reconnectPolicy = ReconnectPolicy(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(200))
    return consumer
  }

  static var logger: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }

  /// Inserts a batch of events with these payloads.
  func insert(_ payloads: some Sequence<Int>) async throws {
    let values = payloads.map { "('\($0)')" }.joined(separator: ", ")
    try await database.psql(
      """
      select count(pgq.insert_event('q', 'n', v)) from (values \(values)) p (v);
      select pgq._make_tick('q');
      """)
  }

  func value(_ sql: String) async throws -> String { try await database.psql(sql) }
}

/// What several tasks saw.
final class Notes: Sendable {
  private let notes = Mutex<[String]>([])

  func add(_ note: String) { notes.withLock { $0.append(note) } }

  var all: [String] { notes.withLock { $0 } }

  func wait(_ what: String = "notes", until condition: @Sendable ([String]) -> Bool) async throws {
    try await pollUntil("\(what)") { condition(all) }
  }
}

/// Runs `work` in the background while `body` runs, then cancels it.
func during<Value: Sendable>(
  _ work: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Value
) async throws -> Value {
  let task = Task { try await work() }
  do {
    let value = try await body()
    task.cancel()
    _ = await task.result
    return value
  } catch {
    task.cancel()
    if case .failure(let cause) = await task.result, !(cause is CancellationError) { throw cause }
    throw error
  }
}

/// Runs a service in a group while `body` runs, and waits until the group has ended.
func running(_ service: ConsumerService, _ body: (ServiceGroup) async throws -> Void) async throws {
  let group = ServiceGroup(services: [service], logger: LibraryFixture.logger)
  let task = Task { try await group.run() }
  do {
    try await body(group)
    try await task.value
  } catch {
    task.cancel()
    _ = await task.result
    throw error
  }
}
