import EventQueue
import PostgresClient
import ServiceRuntime

/// What `trunkline consume` says to the database.
struct DeliverySession: Sendable {
  let connection: PostgresConnection
  let queue: String
  let consumer: String
  let member: String?

  /// Settings of the consumer that the receiver must know.
  struct Settings: Sendable {
    /// Whether events of one key are delivered in order.
    var isOrdered: Bool
    /// How long received events stay without a sign of life.
    var leaseTime: Duration
  }

  func settings() async throws -> Settings {
    let row = try await connection.query(
      """
      select max(value) filter (where setting = 'lanes') is not null,
             extract(epoch from (max(value) filter (where setting = 'lease_time'))::interval)::float8
      from trunkline.get_consumer_settings(\(queue), \(consumer))
      """
    ).first
    return Settings(isOrdered: try row?.decode(0) ?? false, leaseTime: .seconds(try row?.decode(1) ?? 60.0))
  }

  /// The next events; nil when there are none at the moment.
  func receive(_ maximum: Int) async throws -> Delivery? {
    let query: PostgresQuery = """
      select receipt, event_id, type, payload, key, headers, attempt,
             to_char(sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), extra1, extra2
      from trunkline.receive(\(queue), \(consumer), \(maximum), \(member))
      """
    let rows = try await connection.query(query.prepared())
    guard let first = rows.first else { return nil }
    return Delivery(
      receipt: try first.decode(0),
      events: try rows.map { row in
        ReceivedEvent(
          id: try row.decode(1), type: try row.decode(2), payload: try row.decode(3), key: try row.decode(4),
          headers: try row.decode(5), attempt: try row.decode(6), sentAt: try row.decode(7),
          extra1: try row.decode(8), extra2: try row.decode(9))
      })
  }

  /// Keeps what was received for another `lease_time`.
  func touch(_ receipt: Int64) async throws {
    let query: PostgresQuery = "select trunkline.touch(\(receipt))"
    try await connection.query(query.prepared())
  }

  /// Says what became of the events, all at once or not at all; those that were not worked on are given back.
  func settle(_ receipt: Int64, _ result: WorkResult) async throws {
    if let (reason, delay) = result.commonFailure {
      try await connection.query("select trunkline.nack_all(\(receipt), \(reason), \(delay)::interval)")
      return
    }
    var queries: [PostgresQuery] = []
    for (event, outcome) in result.outcomes {
      switch outcome {
      case .done: continue
      case .retry(let reason, let delay):
        queries.append("select trunkline.nack(\(receipt), \(event), \(reason), \(delay)::interval, false)")
      case .dead(let reason):
        queries.append("select trunkline.nack(\(receipt), \(event), \(reason), null, true)")
      }
    }
    if result.end == nil {
      queries.append("select trunkline.ack(\(receipt))")
    } else if let last = result.outcomes.last(where: { $0.outcome == .done }) {
      queries.append("select trunkline.ack_until(\(receipt), \(last.event))")
    } else {
      queries.append("select trunkline.release(\(receipt))")
    }
    _ = try await connection.pipeline(queries.map { $0.prepared() })
  }

  /// Gives everything back; no attempt is counted.
  func release(_ receipt: Int64) async throws {
    try await connection.query("select trunkline.release(\(receipt))")
  }

  /// Waits until a tick of the queue is announced or the time passed.
  func waitForTick(atMost limit: Duration) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
      let left = deadline - .now
      guard left > .zero, let notification = try await connection.waitForNotification(timeout: left) else { return }
      guard notification.channel == ConsumerSession.tickChannel, notification.payload == queue else { continue }
      while try await connection.waitForNotification(timeout: .zero) != nil {}
      return
    }
  }
}
