import Logging
import PostgresClient
import PostgresTesting

/// A connection and the few calls that every test of the queue makes.
struct QueueSession: Sendable {
  let connection: PostgresConnection

  init(_ database: TestDatabase, user: String = "postgres") async throws {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    connection = try await PostgresConnection.connect(.init(database.connectionString(user: user)), logger: logger)
  }

  /// Lends a session on a fresh database with the schema.
  static func with(_ body: (TestDatabase, QueueSession) async throws -> Void) async throws {
    try await withDatabase { database in
      let session = try await QueueSession(database)
      try await body(database, session)
      await session.connection.close()
    }
  }

  /// As ``with(_:)``, on a server where nobody else is: a transaction of any database holds back every table switch.
  /// Tests that ask for it at the same time come one after the other.
  static func withQuietServer(
    allSchemas: Bool = false, _ body: (TestDatabase, QueueSession) async throws -> Void
  ) async throws {
    // the database is dropped with its sessions, so that a failed test does not disturb the next ones
    try await QuietServer.shared.withDatabase { database in
      if allSchemas {
        try await Schema.installAll(into: database)
      } else {
        try await Schema.install(into: database)
      }
      let session = try await QueueSession(database)
      try await body(database, session)
      await session.connection.close()
    }
  }

  func value<Value: PostgresDecodable>(_ query: PostgresQuery, as type: Value.Type = Value.self) async throws -> Value {
    guard let row = try await connection.query(query).first else {
      throw PostgresError(.decoding, "no row", query: query.sql)
    }
    return try row.decode(0)
  }

  func values<Value: PostgresDecodable>(
    _ query: PostgresQuery, as type: Value.Type = Value.self
  ) async throws -> [Value] {
    try await connection.query(query).map { try $0.decode(0) }
  }

  /// The server's message when `sql` fails, nil when it does not.
  func failure(_ sql: String) async throws -> String? {
    do {
      try await connection.execute(sql)
      return nil
    } catch let error as PostgresError where error.code == .server {
      return error.message
    }
  }

  /// A queue that may rotate at any time, with these consumers.
  func createQueue(_ name: String, consumers: [String] = ["c"]) async throws {
    try await connection.query("select pgq.create_queue(\(name))")
    try await connection.query("update pgq.queue set queue_rotation_period = '0' where queue_name = \(name)")
    for consumer in consumers { try await connection.query("select pgq.register_consumer(\(name), \(consumer))") }
  }

  @discardableResult
  func insert(_ data: String, into queue: String) async throws -> Int64 {
    try await value("select pgq.insert_event(\(queue), 'test', \(data))")
  }

  @discardableResult
  func tick(_ queue: String) async throws -> Int64 {
    try await value("select tick_id from pgq._make_tick(\(queue))")
  }

  /// Both steps of a table switch, each in a transaction of its own.
  func rotate(_ queue: String) async throws {
    try await connection.query("select pgq.maint_rotate_tables_step1(\(queue))")
    try await connection.query("select pgq.maint_rotate_tables_step2()")
  }

  func currentTable(_ queue: String) async throws -> Int {
    try await value("select queue_cur_table from pgq.queue where queue_name = \(queue)")
  }

  func slot(_ queue: String) async throws -> Int {
    try await value(
      """
      select pg_sequence_last_value((queue_data_pfx || '_slot_seq')::regclass)
      from pgq.queue where queue_name = \(queue)
      """)
  }

  func nextBatch(_ queue: String, _ consumer: String = "c") async throws -> Int64? {
    try await value("select pgq.next_batch(\(queue), \(consumer))")
  }

  func finish(_ batch: Int64) async throws {
    try await connection.query("select pgq.finish_batch(\(batch))")
  }

  /// Data of all events of all batches that there are.
  func drain(_ queue: String, _ consumer: String = "c") async throws -> [String] {
    var all: [String] = []
    while let batch = try await nextBatch(queue, consumer) {
      all += try await values("select ev_data from pgq.get_batch_events(\(batch))")
      try await finish(batch)
    }
    return all
  }

  /// Moves the consumers past everything, so that the next table switch is possible.
  func settle(_ queue: String, _ consumer: String = "c") async throws {
    for _ in 0..<2 {
      try await tick(queue)
      _ = try await drain(queue, consumer)
    }
  }
}
