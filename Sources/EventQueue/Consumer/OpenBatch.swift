import PostgresClient

/// A batch that a consumer works on.
public struct OpenBatch: Sendable {
  /// The batch's ticks and times.
  public let batch: EventBatch
  /// Where the batch is finished and its events are put aside: inside the transaction of the work, if there is one.
  var session: ConsumerSession
  let reader: PostgresConnection
  let heartbeat: Heartbeat
  let metrics: ConsumerMetrics
  let malformedPayloads: MalformedPayloadPolicy
  /// Whether the work is a transaction of another database than the queue's.
  var isElsewhere = false

  /// The queue that the batch is of.
  public var queue: String { session.queue }

  /// The events in the order of their ids, streamed: memory stays constant however large the batch is.
  ///
  /// Each iteration reads the batch from its first event.
  public var events: EventSequence {
    EventSequence(reader: reader, sql: batch.sql, heartbeat: heartbeat, metrics: metrics)
  }

  /// Puts an event aside; it comes back to this consumer alone after the delay, with ``QueueEvent/retries`` raised.
  ///
  /// However often that happens, it never becomes a dead letter; see ``fail(_:reason:retryAfter:)``.
  ///
  /// - Throws: `PostgresError`: another process took over, no such event in the batch.
  public func retry(_ event: QueueEvent, after delay: Duration) async throws {
    try refuseElsewhere()
    try await session.retry(event.id, of: batch, after: delay)
    metrics.count(.retry)
  }

  /// Finishes the batch: the position moves behind it. To be called when its work is durable.
  ///
  /// - Throws: `PostgresError`: another process took over (SQLSTATE TL001), or the batch is no longer open.
  public func finish() async throws {
    try refuseElsewhere()
    try await session.close(batch)
    heartbeat.rest()
    metrics.finish()
  }
}
