public import PostgresClient

/// A consumer of a queue and how far behind it is.
public struct ConsumerStatus: Codable, Sendable, Equatable {
  /// The queue's name.
  public var queue: String
  /// The consumer's name.
  public var consumer: String
  /// The tick up to which everything is finished.
  public var lastTick: Int64?
  /// Seconds since that tick was made.
  public var lag: Double?
  /// Seconds since the consumer was last seen.
  public var lastSeen: Double?
  /// Events that wait, estimated.
  public var pendingEvents: Int64?
  /// The open batch.
  public var batch: Int64?

  /// Reads the consumers of all queues, or of one.
  ///
  /// - Throws: `PostgresError`.
  public static func read(_ queue: String? = nil, _ connection: PostgresConnection) async throws -> [ConsumerStatus] {
    try await connection.query(
      """
      select queue_name, consumer_name, last_tick, extract(epoch from lag)::float8,
             extract(epoch from last_seen)::float8, pending_events, current_batch
      from pgq.get_consumer_info(\(queue), null)
      """
    ).map { row in
      ConsumerStatus(
        queue: try row.decode(0), consumer: try row.decode(1), lastTick: try row.decode(2), lag: try row.decode(3),
        lastSeen: try row.decode(4), pendingEvents: try row.decode(5), batch: try row.decode(6))
    }
  }
}
