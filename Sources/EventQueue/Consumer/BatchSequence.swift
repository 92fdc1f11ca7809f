import PostgresClient
import ServiceLifecycle

/// The batches of a consumer as they become available. Valid only inside the closure that got it.
public struct BatchSequence: AsyncSequence, Sendable {
  /// A batch with its events.
  public typealias Element = OpenBatch

  let consumer: QueueConsumer
  let session: ConsumerSession
  let reader: PostgresConnection
  let heartbeat: Heartbeat
  let metrics: ConsumerMetrics

  /// Iterates over the batches.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(sequence: self) }

  /// Waits for batches.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let sequence: BatchSequence

    /// The next batch; waits for one. The sequence ends when the process shuts down gracefully.
    ///
    /// - Throws: `PostgresError`; `CancellationError`.
    public mutating func next() async throws -> OpenBatch? { try await sequence.nextBatch() }
  }

  private func nextBatch() async throws -> OpenBatch? {
    heartbeat.rest()
    while !Task.isShuttingDownGracefully {
      try heartbeat.check()
      if let batch = try await session.openBatch(maximumEvents: consumer.maximumEvents) {
        heartbeat.work()
        metrics.isBehind(by: batch.age)
        return OpenBatch(
          batch: batch, session: session, reader: reader, heartbeat: heartbeat, metrics: metrics,
          malformedPayloads: consumer.malformedPayloads)
      }
      metrics.isBehind(by: .zero)
      let (session, interval) = (session, consumer.pollInterval)
      try await untilShutdown { try await session.waitForTick(atMost: interval) }
    }
    return nil
  }
}

/// Waits for something, at most until the process shuts down gracefully.
///
/// - Throws: what `wait` throws; `CancellationError` of the calling task only.
package func untilShutdown(_ wait: @escaping @Sendable () async throws -> Void) async throws {
  do {
    try await cancelWhenGracefulShutdown(wait)
  } catch is CancellationError where Task.isShuttingDownGracefully {
    try Task.checkCancellation()
  }
}
