public import Logging
public import PostgresClient

/// Reads a queue under a name: batch after batch, each exactly once unless its work is repeated after a crash.
///
/// ```swift
/// let consumer = QueueConsumer(queue: "orders", name: "mailer", database: .init("dbname=shop"))
/// try await consumer.run { batch in
///   for try await event in batch.events { try await send(event) }
/// }
/// ```
///
/// A batch is finished when the closure returns; when it throws, or the process dies, the same batch comes again.
/// Only one process works under a name: whoever starts later takes over, and the earlier one fails with
/// SQLSTATE `TL001`.
public struct QueueConsumer: Sendable {
  /// The queue's name.
  public var queue: String
  /// The consumer's name.
  public var name: String
  /// The queue's database.
  public var database: PostgresConfiguration
  /// Events to collect into one batch while the consumer is behind; one tick's worth at least.
  public var maximumEvents = 20_000
  /// How long to wait for the announcement of a tick before looking without one.
  public var pollInterval: Duration = .seconds(5)
  /// Where the consumer reports.
  public var logger: Logger

  /// Describes a consumer; nothing is connected.
  public init(
    queue: String, name: String, database: PostgresConfiguration, logger: Logger = Logger(label: "consumer")
  ) {
    self.queue = queue
    self.name = name
    self.database = database
    self.logger = logger
  }

  /// Registers the consumer at the newest tick: it will get what is inserted from now on.
  ///
  /// - Returns: whether it is new; `false` leaves its position alone.
  /// - Throws: `PostgresError`: unknown queue, no right to consume.
  @discardableResult
  public func register() async throws -> Bool {
    let connection = try await PostgresConnection.connect(database, logger: logger)
    let isNew = try await ConsumerSession.register(name, on: queue, connection)
    await connection.close()
    return isNew
  }

  /// Lends the batches, one after another, as a sequence that waits for new ones.
  ///
  /// Finish every batch with ``OpenBatch/finish()``; a batch that is not finished is the next one again.
  ///
  /// - Throws: what `body` throws; `PostgresError`; `CancellationError`.
  public func withBatches<Value: Sendable>(
    _ body: (BatchSequence) async throws -> Value
  ) async throws -> Value {
    let control = try await PostgresConnection.connect(database, logger: logger)
    let reader = try await PostgresConnection.connect(database, logger: logger)
    do {
      try await ConsumerSession.prepareReader(reader)
      let session = try await ConsumerSession.attach(name, on: queue, holder: processDescription(), control)
      try await control.listen(ConsumerSession.tickChannel)
      let value = try await body(BatchSequence(consumer: self, session: session, reader: reader))
      await control.close()
      await reader.close()
      return value
    } catch {
      await control.close()
      await reader.close()
      throw error
    }
  }

  /// Works batch after batch until the task is cancelled; each is finished when `work` returns.
  ///
  /// - Throws: what `work` throws; `PostgresError`; `CancellationError`.
  public func run(_ work: @Sendable (OpenBatch) async throws -> Void) async throws {
    try await withBatches { batches in
      for try await batch in batches {
        try await work(batch)
        try await batch.finish()
      }
    }
  }
}
