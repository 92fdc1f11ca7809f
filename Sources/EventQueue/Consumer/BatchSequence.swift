import PostgresClient

/// The batches of a consumer as they become available. Valid only inside the closure that got it.
public struct BatchSequence: AsyncSequence, Sendable {
  /// A batch with its events.
  public typealias Element = OpenBatch

  let consumer: QueueConsumer
  let session: ConsumerSession
  let reader: PostgresConnection

  /// Iterates over the batches.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(sequence: self) }

  /// Waits for batches.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let sequence: BatchSequence

    /// The next batch; waits for one, never ends by itself.
    ///
    /// - Throws: `PostgresError`; `CancellationError`.
    public mutating func next() async throws -> OpenBatch? {
      while true {
        if let batch = try await sequence.session.openBatch(maximumEvents: sequence.consumer.maximumEvents) {
          return OpenBatch(batch: batch, session: sequence.session, reader: sequence.reader)
        }
        try await sequence.session.waitForTick(atMost: sequence.consumer.pollInterval)
      }
    }
  }
}

/// A batch that a consumer works on.
public struct OpenBatch: Sendable {
  /// The batch's ticks and times.
  public let batch: EventBatch
  let session: ConsumerSession
  let reader: PostgresConnection

  /// The events in the order of their ids, streamed: memory stays constant however large the batch is.
  ///
  /// Each iteration reads the batch from its first event.
  public var events: EventSequence { EventSequence(reader: reader, sql: batch.sql) }

  /// Puts an event aside; it comes back to this consumer alone after the delay, with ``QueueEvent/retries`` raised.
  ///
  /// - Throws: `PostgresError`: another process took over, no such event in the batch.
  public func retry(_ event: QueueEvent, after delay: Duration) async throws {
    try await session.retry(event.id, of: batch, after: delay)
  }

  /// Finishes the batch: the position moves behind it. To be called when its work is durable.
  ///
  /// - Throws: `PostgresError`: another process took over (SQLSTATE TL001), or the batch is no longer open.
  public func finish() async throws { try await session.close(batch) }
}
