public import PostgresClient

/// The events that consumers gave up: to look at, to give back, to remove.
///
/// They stay until somebody decides, also when the consumer is unregistered. What the connection's role may not see is left
/// out.
public struct DeadLetters: Sendable {
  private let connection: PostgresConnection

  /// Works over a connection to the queue's database.
  public init(_ connection: PostgresConnection) { self.connection = connection }

  /// Dead letters in the order in which they died.
  ///
  /// - Parameters:
  ///   - queue: only of this queue; `nil`: of all.
  ///   - consumer: only of this consumer; `nil`: of all.
  ///   - limit: at most so many.
  ///   - id: only later ones, to go on with the next page.
  /// - Throws: `PostgresError`: no such queue.
  public func list(
    queue: String? = nil, consumer: String? = nil, limit: Int = 100, after id: Int64 = 0
  ) async throws -> [DeadEvent] {
    try await connection.query(
      """
      select dead_id, queue_name, consumer_name, event_id, type, payload, key, attempts, reason, sent_at, died_at
      from trunkline.list_dead(\(queue), \(consumer), \(limit), \(id))
      """
    ).map { row in
      DeadEvent(
        id: try row.decode(0), queue: try row.decode(1), consumer: try row.decode(2), eventID: try row.decode(3),
        type: try row.decode(4), payload: try row.decode(5), key: try row.decode(6), attempts: try row.decode(7),
        reason: try row.decode(8), sentAt: try row.decode(9), diedAt: try row.decode(10))
    }
  }

  /// One dead letter with everything that is known of it; `nil` when there is none.
  ///
  /// - Throws: `PostgresError`.
  public func show(_ id: Int64) async throws -> DeadEventHistory? {
    let rows = try await connection.query(
      """
      select queue_name, consumer_name, event_id, type, payload, key, attempts, reason, sent_at, died_at, headers, extra1,
             extra2, array(select f ->> 'attempt' from jsonb_array_elements(d.failures) f),
             array(select f ->> 'reason' from jsonb_array_elements(d.failures) f),
             array(select f ->> 'failed_at' from jsonb_array_elements(d.failures) f)
      from trunkline.get_dead(\(id)) d
      """)
    guard let row = rows.first else { return nil }
    let event = DeadEvent(
      id: id, queue: try row.decode(0), consumer: try row.decode(1), eventID: try row.decode(2),
      type: try row.decode(3),
      payload: try row.decode(4), key: try row.decode(5), attempts: try row.decode(6), reason: try row.decode(7),
      sentAt: try row.decode(8), diedAt: try row.decode(9))
    let attempts: [String] = try row.decode(13)
    let reasons: [String?] = try row.decode(14)
    let times: [String] = try row.decode(15)
    let failures = zip(zip(attempts, reasons), times).map { pair, time in
      DeadEventHistory.Failure(attempt: Int(pair.0) ?? 0, reason: pair.1, failedAt: time)
    }
    return DeadEventHistory(
      event: event, headers: try row.decode(10), extra1: try row.decode(11), extra2: try row.decode(12),
      failures: failures)
  }

  /// Gives dead letters back to their consumer alone, as if they had never failed.
  ///
  /// - Parameters:
  ///   - queue: the queue.
  ///   - consumer: whose they are.
  ///   - id: one of them; `nil`: all.
  /// - Returns: the number of events.
  /// - Throws: `PostgresError`: the consumer is not registered, no right to consume.
  @discardableResult
  public func replay(queue: String, consumer: String, _ id: Int64? = nil) async throws -> Int {
    try await count("select trunkline.replay_dead(\(queue), \(consumer), \(id))")
  }

  /// Removes dead letters for good.
  ///
  /// - Parameters:
  ///   - queue: the queue.
  ///   - consumer: whose they are.
  ///   - id: one of them; `nil`: all.
  ///   - age: only those that died so long ago.
  /// - Returns: the number of events.
  /// - Throws: `PostgresError`: no right to consume.
  @discardableResult
  public func purge(
    queue: String, consumer: String, _ id: Int64? = nil, olderThan age: Duration? = nil
  ) async throws -> Int {
    let seconds = age.map { $0 / .seconds(1) }
    return try await count(
      """
      select trunkline.purge_dead(\(queue), \(consumer), \(id), make_interval(secs => \(seconds)::float8))
      """)
  }

  private func count(_ query: PostgresQuery) async throws -> Int {
    try await connection.query(query).first?.decode(0) ?? 0
  }
}
