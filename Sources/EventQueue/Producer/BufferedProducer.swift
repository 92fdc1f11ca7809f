public import Logging
public import PostgresClient
public import ServiceLifecycle

/// Sends events of many tasks in common transactions, over one connection of its own.
///
/// ```swift
/// let clicks = BufferedProducer(Producer(queue: "clicks"), database: .init("dbname=shop"))
/// // run() somewhere, in a ServiceGroup for example
/// let id = try await clicks.send(OutgoingEvent(encoding: click))  // committed when it returns
/// ```
///
/// While one batch is being committed the next one gathers, so many tasks that send one event each share the cost of a
/// commit. The buffer is bounded: when the database is slower than the tasks, these wait.
///
/// Every accepted event has an outcome: the id with which it was committed, or a ``SendFailure`` for its own caller. When the
/// service shuts down it accepts no more, sends what it has, and ends.
public final class BufferedProducer: Service {
  /// Where the events go.
  public let producer: Producer
  private let outbox: Outbox
  private let sender: BatchSender

  /// Makes a producer; nothing is sent before ``run()``.
  public init(
    _ producer: Producer, database: PostgresConfiguration, limits: SendLimits = SendLimits(),
    logger: Logger = Logger(label: "producer")
  ) {
    self.producer = producer
    outbox = Outbox(limits: limits)
    sender = BatchSender(producer: producer, database: database, patience: limits.patience, logger: logger)
  }

  /// Sends an event and waits until it is committed.
  ///
  /// - Returns: its id, as `Producer.send` does.
  /// - Throws: ``SendFailure``; ``ProducerClosed``; `CancellationError`, after which the event may be sent nevertheless.
  @discardableResult
  public func send(_ event: OutgoingEvent) async throws -> Int64 { try await submit(event).id }

  /// Hands over an event, and waits for room only. For one task that sends many.
  ///
  /// - Returns: what becomes of it. Who does not look at it does not learn of a failure.
  /// - Throws: ``ProducerClosed``; `CancellationError`: the event is not accepted.
  @discardableResult
  public func submit(_ event: OutgoingEvent) async throws -> PendingEvent { try await outbox.add(event.traced) }

  /// Sends until the service is to shut down, and then what is left; or until the task is cancelled: what is left is given
  /// back then.
  public func run() async {
    await withGracefulShutdownHandler {
      while let batch = await outbox.next() {
        await sender.send(batch)
        await outbox.sent()
      }
    } onGracefulShutdown: {
      Task { await self.outbox.close() }
    }
    await outbox.close()
    for pending in await outbox.takeAll() {
      pending.finish(
        .failure(SendFailure(event: pending.event, cause: CancellationError(), mayHaveBeenSent: false)))
    }
    await sender.close()
  }
}
