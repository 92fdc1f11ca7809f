public import Logging
public import PostgresClient
import ServiceLifecycle

/// Works on a queue message by message: each is acknowledged when its handler returns, and comes again later when it throws.
///
/// ```swift
/// let consumer = MessageConsumer(queue: "orders", name: "mailer", database: .init("dbname=shop"))
/// try await consumer.run(concurrency: 8) { message in
///   try await send(try message.decode(Order.self))
/// }
/// ```
///
/// - Messages of one key are worked on one after another. After a failure the later ones of the delivery are not begun:
///   they come again behind the failed one. For order beyond that give the consumer lanes
///   (`trunkline.set_consumer(queue, consumer, 'lanes', '16')`).
/// - What fails comes again, each time later, and becomes a dead letter after `max_attempts` failures, or at once when the
///   handler throws ``DeadLetter``.
/// - Never more than ``maximumMessages`` are in memory: the next are asked for when all are done.
/// - A crash repeats what was not acknowledged. Where the effects are in the same database,
///   ``runInTransaction(_:)`` gives them exactly once.
public struct MessageConsumer: Sendable {
  /// The queue's name.
  public var queue: String
  /// The consumer's name.
  public var name: String
  /// This process's name among those that share the work of the consumer; `nil`: it works alone.
  public var member: String?
  /// The queue's database.
  public var database: PostgresConfiguration
  /// The most messages to be in memory, and to be acknowledged together. At least 1.
  public var maximumMessages = 100
  /// How long to wait for the announcement of a tick before looking without one.
  public var pollInterval: Duration = .seconds(1)
  /// The longest time between two signs of life while messages are worked on; four are given within the consumer's `lease_time`
  /// in any case.
  public var heartbeatInterval: Duration = .seconds(10)
  /// Waits between attempts when the database cannot be reached.
  public var reconnectPolicy = ReconnectPolicy()
  /// What becomes of a message from whose handler ``MalformedPayload`` was thrown.
  public var malformedPayloads: MalformedPayloadPolicy = .deadLetter
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

  /// Works until the task is cancelled or the process shuts down gracefully.
  ///
  /// A graceful shutdown lets handlers that run finish and gives the other messages back. Lost connections are made again
  /// while handlers go on. When the messages are lost to another process because this one was silent for too long, handlers
  /// are cancelled, and work goes on with what is received next.
  ///
  /// - Parameters:
  ///   - concurrency: how many handlers run at once, at most.
  ///   - handle: the work on one message.
  /// - Throws: `PostgresError`; SQLSTATE TL001 when another process works under the same name; ``MalformedPayload`` under
  ///   ``MalformedPayloadPolicy/stop``; `CancellationError`.
  public func run(
    concurrency: Int = 1, _ handle: @escaping @Sendable (Message) async throws -> Void
  ) async throws {
    try await withLink { link in
      try await deliveries(link) { delivery in
        try await delivery.work(concurrency: max(1, concurrency), handle)
      }
    }
  }

  /// This consumer with its handler, for a `ServiceGroup`; see ``run(concurrency:_:)``.
  public func service(
    concurrency: Int = 1, _ handle: @escaping @Sendable (Message) async throws -> Void
  ) -> ConsumerService {
    ConsumerService { try await run(concurrency: concurrency, handle) }
  }

  func withLink(_ body: (MessageLink) async throws -> Void) async throws {
    let link = MessageLink(self)
    do {
      try await body(link)
      await link.close()
    } catch {
      await link.close()
      throw error
    }
  }

  /// Receives and works, delivery after delivery.
  func deliveries(_ link: MessageLink, _ work: (Delivery) async throws -> Void) async throws {
    let metrics = ConsumerMetrics(queue: queue, consumer: name)
    var losses = 0
    while !Task.isShuttingDownGracefully {
      try Task.checkCancellation()
      guard let received = try await link.receive() else {
        metrics.isBehind(by: .zero)
        let interval = pollInterval
        try await untilShutdown { try await link.waitForTick(atMost: interval) }
        continue
      }
      metrics.receive(received.messages.count)
      metrics.isBehind(by: received.age)
      do {
        try await work(Delivery(consumer: self, link: link, metrics: metrics, received: received))
        losses = 0
      } catch let error as PostgresError where error.sqlState == ConsumerSession.lostLease {
        losses += 1
        // Once may be a slow network; again and again is another process of the same name.
        guard losses < 3 else { throw error }
        logger.warning(
          "messages were lost to another process",
          metadata: ["queue": "\(queue)", "consumer": "\(name)", "error": "\(error)"])
        let delay = reconnectPolicy.delay(afterFailures: losses)
        try await untilShutdown { try await Task.sleep(for: delay) }
      }
    }
  }
}
