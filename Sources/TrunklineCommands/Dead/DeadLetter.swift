import PostgresClient

/// An event that a consumer gave up.
struct DeadLetter: Encodable {
  var letter: Int64
  var queue: String
  var consumer: String
  var event: Int64
  var type: String?
  var key: String?
  var payload: String?
  /// How many deliveries failed.
  var attempts: Int
  /// Why the last one did.
  var reason: String?
  /// When it was sent, and when it was given up, in the server's words.
  var sentAt: String
  var diedAt: String

  /// Reads dead letters, a page at a time.
  static func list(
    queue: String?, consumer: String?, maximum: Int, _ connection: PostgresConnection
  ) async throws -> [DeadLetter] {
    try await connection.query(
      """
      select dead_id, queue_name, consumer_name, event_id, type, key, payload, attempts, reason, sent_at, died_at
      from trunkline.list_dead(\(queue), \(consumer), \(maximum))
      """
    ).map { row in
      DeadLetter(
        letter: try row.decode(0), queue: try row.decode(1), consumer: try row.decode(2), event: try row.decode(3),
        type: try row.decode(4), key: try row.decode(5), payload: try row.decode(6), attempts: try row.decode(7),
        reason: try row.decode(8), sentAt: try row.decode(9), diedAt: try row.decode(10))
    }
  }
}
