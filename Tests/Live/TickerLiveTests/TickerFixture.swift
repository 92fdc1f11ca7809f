import Logging
import PostgresClient
import PostgresTesting
import QueueTicker

/// Runs a ticker in this process while `body` runs.
func withTicker<Value: Sendable>(
  _ settings: TickerSettings, _ body: (TickerService) async throws -> Value
) async throws -> Value {
  var logger = Logger(label: "test")
  logger.logLevel = .critical
  let service = TickerService(settings: settings, logger: logger)
  let running = Task { try await service.run() }
  do {
    let value = try await body(service)
    running.cancel()
    _ = await running.result
    return value
  } catch {
    running.cancel()
    _ = await running.result
    throw error
  }
}

extension TickerSettings {
  /// Everything is looked at often, so that tests need not wait.
  static func impatient(_ databases: Databases) -> TickerSettings {
    TickerSettings(
      databases: databases, checkPeriod: .milliseconds(50), maintenancePeriod: .milliseconds(50),
      retryPeriod: .milliseconds(20), standbyPeriod: .milliseconds(20))
  }

  static func impatient(_ database: TestDatabase) -> TickerSettings { impatient(.named([database.connectionString])) }
}

/// A queue with one consumer, used over one connection.
struct TestQueue: Sendable {
  let connection: PostgresConnection
  let name: String

  /// Makes the queue. Its own settings make no tick within an hour: every tick is one that the ticker wants.
  static func create(_ name: String = "q", on database: TestDatabase) async throws -> TestQueue {
    let connection = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
    let queue = TestQueue(connection: connection, name: name)
    try await connection.query("select pgq.create_queue(\(name)), pgq.register_consumer(\(name), 'c')")
    for setting in ["ticker_max_lag", "ticker_idle_period"] {
      try await connection.query("select pgq.set_queue_config(\(name), \(setting), '1 hour')")
    }
    return queue
  }

  func insert(_ data: String, over other: PostgresConnection? = nil) async throws {
    try await (other ?? connection).query("select pgq.insert_event(\(name), 't', \(data))")
  }

  /// Reads and finishes all batches that there are.
  func consume() async throws -> [String] {
    var events: [String] = []
    while let batch = try await value("select pgq.next_batch(\(name), 'c')", as: Int64?.self) {
      events += try await connection.query("select ev_data from pgq.get_batch_events(\(batch))").map {
        try $0.decode(0)
      }
      try await connection.query("select pgq.finish_batch(\(batch))")
    }
    return events
  }

  /// Waits until exactly these events have come, in this order.
  func expect(_ events: [String]) async throws {
    var seen: [String] = []
    try await pollUntil("events \(events), have \(seen)") {
      seen += try await consume()
      return seen == events
    }
  }

  /// Whether producers need not notify.
  func isTickerAwake() async throws -> Bool {
    try await value("select last_value = 1 from pgq.ticker_sleep_seq")
  }

  func lastTick() async throws -> Int64 {
    try await value("select max(last_tick_id) from pgq.get_queue_info(\(name))")
  }

  func value<Value: PostgresDecodable & Sendable>(_ query: PostgresQuery, as type: Value.Type = Value.self) async throws
    -> Value
  {
    guard let row = try await connection.query(query).first else { throw PostgresError(.decoding, "no row") }
    return try row.decode(0)
  }
}
