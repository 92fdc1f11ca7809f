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
/// SQLSTATE `TL001`. To share the work among processes give each of them a ``member`` name.
public struct QueueConsumer: Sendable {
  /// The queue's name.
  public var queue: String
  /// The consumer's name.
  public var name: String
  /// This process's name among those that share the work of the consumer; `nil`: it works alone.
  ///
  /// Every batch goes to one member. A member that is silent for the group's dead interval
  /// (`trunkline.set_member_timeout`) loses its batch to the others.
  public var member: String?
  /// The queue's database.
  public var database: PostgresConfiguration
  /// Events to collect into one batch while the consumer is behind; one tick's worth at least.
  public var maximumEvents = 20_000
  /// How long to wait for the announcement of a tick before looking without one.
  public var pollInterval: Duration = .seconds(5)
  /// The longest time between two signs of life while a batch is worked on; a member gives four within its group's dead
  /// interval in any case.
  public var heartbeatInterval: Duration = .seconds(5)
  /// Waits between attempts when the database cannot be reached.
  public var reconnectPolicy = ReconnectPolicy()
  /// What becomes of an event whose payload is not of the type that was asked for; see ``OpenBatch/events(of:using:)``.
  public var malformedPayloads: MalformedPayloadPolicy = .stop
  /// Where the consumer reports.
  public var logger: Logger

  /// Describes a consumer; nothing is connected.
  public init(
    queue: String, name: String, member: String? = nil, database: PostgresConfiguration,
    logger: Logger = Logger(label: "consumer")
  ) {
    self.queue = queue
    self.name = name
    self.member = member
    self.database = database
    self.logger = logger
  }

  /// Registers the consumer at the newest tick: it will get what is inserted from now on. Members register their group by
  /// themselves.
  ///
  /// - Returns: whether it is new; `false` leaves its position alone.
  /// - Throws: `PostgresError`: unknown queue, no right to consume.
  @discardableResult
  public func register() async throws -> Bool {
    let connection = try await PostgresConnection.connect(database, logger: logger)
    do {
      let isNew = try await ConsumerSession.register(name, on: queue, connection)
      await connection.close()
      return isNew
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Lends the batches, one after another, as a sequence that waits for new ones.
  ///
  /// Finish every batch with ``OpenBatch/finish()``; a batch that is not finished is the next one again. Signs of life are
  /// given meanwhile; a batch that is lost makes the next use of it fail.
  ///
  /// - Throws: what `body` throws; `PostgresError`, also when the connection is lost; `CancellationError`.
  public func withBatches<Value: Sendable>(
    _ body: (BatchSequence) async throws -> Value
  ) async throws -> Value {
    var attachment = Attachment()
    return try await withSession(&attachment, body)
  }

  /// Works batch after batch until the task is cancelled or the process shuts down gracefully; each batch is finished when
  /// `work` returns.
  ///
  /// A graceful shutdown lets `work` end and finishes its batch. Lost connections are made again, and the batch comes again.
  /// A member whose batch was given to others because it was silent for too long is cancelled in `work` and goes on with
  /// another batch.
  ///
  /// - Throws: what `work` throws; `PostgresError`, SQLSTATE TL001 when another process took over; `CancellationError`.
  public func run(_ work: @escaping @Sendable (OpenBatch) async throws -> Void) async throws {
    try await run(BatchAtLeastOnce(work: work))
  }
}
