import PostgresClient
import PostgresTesting

/// What one call of `trunkline.receive()` returned.
struct Received: Sendable, Equatable {
  let receipt: Int64
  let events: [Event]

  struct Event: Sendable, Equatable {
    let id: Int64
    let payload: String?
    let key: String?
    let attempt: Int
  }

  var payloads: [String] { events.compactMap(\.payload) }
}

extension QueueSession {
  func receive(
    _ limit: Int = 100, member: String? = nil, consumer: String = "c", queue: String = "q"
  ) async throws -> Received? {
    let rows = try await connection.query(
      """
      select receipt, event_id, payload, key, attempt
      from trunkline.receive(\(queue), \(consumer), \(limit), \(member))
      """)
    var receipt: Int64?
    var events: [Received.Event] = []
    for row in rows {
      receipt = try row.decode(0)
      events.append(
        .init(id: try row.decode(1), payload: try row.decode(2), key: try row.decode(3), attempt: try row.decode(4)))
    }
    guard let receipt else { return nil }
    return Received(receipt: receipt, events: events)
  }

  @discardableResult
  func ack(_ received: Received) async throws -> Int64 {
    try await value("select trunkline.ack(\(received.receipt))")
  }

  @discardableResult
  func nack(
    _ received: Received, _ event: Int64, delay: String? = nil, reason: String = "test", dead: Bool = false
  ) async throws -> String {
    try await value(
      "select trunkline.nack(\(received.receipt), \(event), \(reason), \(delay)::interval, \(dead))")
  }

  /// Receives and acknowledges until nothing comes.
  func receiveAll(_ limit: Int = 100, member: String? = nil, consumer: String = "c") async throws -> [String] {
    var all: [String] = []
    while let received = try await receive(limit, member: member, consumer: consumer) {
      all += received.payloads
      try await ack(received)
    }
    return all
  }

  /// What the server refuses the statement with; nil: it does not.
  func refusal(_ query: PostgresQuery) async throws -> String? {
    do {
      try await connection.query(query)
      return nil
    } catch let error as PostgresError where error.code == .server {
      return error.sqlState?.rawValue
    }
  }

  /// Moves what is due from the retry queue into the queue, and makes a tick.
  func retryNow(_ queue: String = "q") async throws {
    try await connection.execute("update pgq.retry_queue set ev_retry_after = '2000-01-01'")
    while try await value("select pgq.maint_retry_events()", as: Int.self) > 0 {}
    try await tick(queue)
  }

  /// Sends these payloads in one transaction and makes a tick.
  func send(_ payloads: [String], queue: String = "q") async throws {
    try await connection.query("select pgq.insert_event(\(queue), 't', p) from unnest(\(payloads)::text[]) p")
    try await tick(queue)
  }
}
