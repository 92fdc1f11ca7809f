public import PostgresClient

/// A queue and how it is doing.
public struct QueueStatus: Codable, Sendable, Equatable {
  /// The queue's name.
  public var queue: String
  /// The newest tick.
  public var lastTick: Int64?
  /// How long ago it was made, in seconds.
  public var tickerLag: Double?
  /// Events a second over the last ticks; `nil` with one tick only.
  public var eventsPerSecond: Double?
  /// Events inserted since the newest tick, estimated.
  public var newEvents: Int64?
  /// Whether the ticker leaves the queue alone.
  public var isTickerPaused: Bool
  /// Time between rotations of the event tables, in PostgreSQL's words.
  public var rotationPeriod: String
  /// Number of registered consumers.
  public var consumers: Int

  /// Reads all queues, or one.
  ///
  /// - Throws: `PostgresError`.
  public static func read(_ queue: String? = nil, _ connection: PostgresConnection) async throws -> [QueueStatus] {
    try await connection.query(
      """
      select q.queue_name, q.last_tick_id, extract(epoch from q.ticker_lag)::float8, q.ev_per_sec, q.ev_new,
             q.queue_ticker_paused, q.queue_rotation_period::text,
             (select count(*) from pgq.get_consumer_info(q.queue_name, null))
      from pgq.get_queue_info() q
      where \(queue)::text is null or q.queue_name = \(queue)
      order by 1
      """
    ).map { row in
      QueueStatus(
        queue: try row.decode(0), lastTick: try row.decode(1), tickerLag: try row.decode(2),
        eventsPerSecond: try row.decode(3), newEvents: try row.decode(4), isTickerPaused: try row.decode(5),
        rotationPeriod: try row.decode(6), consumers: try row.decode(7))
    }
  }
}
