public import PostgresClient

extension QueueConsumer {
  /// Works batch after batch, each in one transaction of the queue's own database: what `work` writes over the connection it
  /// gets and the end of the batch are committed together, so the effect of every event is there exactly once.
  ///
  /// Read the events from the batch, write over the connection; do not end its transaction. When `work` throws, everything
  /// is rolled back. Transactions that fail for a reason that passes (a deadlock, a lost connection) are tried again.
  ///
  /// - Throws: as ``run(_:)``.
  public func runInTransaction(
    _ work: @escaping @Sendable (_ batch: OpenBatch, _ transaction: PostgresConnection) async throws -> Void
  ) async throws {
    try await run(BatchInTransaction(work: work))
  }
}

/// Work and end of a batch are one transaction.
struct BatchInTransaction: BatchWork {
  let work: @Sendable (OpenBatch, PostgresConnection) async throws -> Void

  func open(_ session: ConsumerSession, _ consumer: QueueConsumer) async throws -> PostgresConnection {
    try await PostgresConnection.connect(consumer.database, logger: consumer.logger)
  }

  func perform(_ batch: OpenBatch, _ place: PostgresConnection) async throws {
    try await place.transaction { transaction in
      var batch = batch
      batch.session = batch.session.over(transaction)
      do { try await work(batch, transaction) } catch { throw WorkFailure(cause: error, isUndone: true) }
      try await batch.session.close(batch.batch)
    }
    batch.heartbeat.rest()
    batch.metrics.finish()
  }

  func isBroken(_ place: PostgresConnection) async -> Bool { await place.isClosed }

  func close(_ place: PostgresConnection) async { await place.close() }
}
