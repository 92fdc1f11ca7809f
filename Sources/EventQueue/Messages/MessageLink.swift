import Logging
import PostgresClient
import ServiceLifecycle

/// What a message consumer says to its queue's database, over as many connections as it takes: a receipt belongs to the
/// consumer, not to a session of the server.
actor MessageLink {
  /// Messages that were handed out under a receipt.
  struct Received: Sendable {
    var receipt: Int64
    var messages: [Message]
    /// The lanes of the consumer, which keep the order of keys over failures; `nil`: it has none.
    var lanes: Int?
    /// How long the messages stay without a sign of life; `nil`: for ever.
    var leaseTime: Duration?
    /// How long ago the oldest was sent.
    var age: Duration
  }

  private let consumer: MessageConsumer
  private var connection: PostgresConnection?
  private var opening: Task<PostgresConnection, any Error>?

  init(_ consumer: MessageConsumer) { self.consumer = consumer }

  /// The next messages; `nil` when there are none now.
  func receive() async throws -> Received? {
    let consumer = consumer
    let query: PostgresQuery = """
      select receipt, event_id, type, payload, key, headers, attempt, sent_at, extra1, extra2,
             extract(epoch from clock_timestamp() - sent_at)::float8,
             (select value from trunkline.get_consumer_settings(\(consumer.queue), \(consumer.name))
              where setting = 'lanes')::int,
             (select extract(epoch from value::interval)
              from trunkline.get_consumer_settings(\(consumer.queue), \(consumer.name))
              where setting = 'lease_time')::float8
      from trunkline.receive(\(consumer.queue), \(consumer.name), \(max(1, consumer.maximumMessages)), \(consumer.member))
      """
    let rows = try await call(untilShutdown: true) { connection, _ in try await connection.query(query.prepared()) }
    guard let first = rows?.first, let rows else { return nil }
    let messages = try rows.map { row in
      Message(
        queue: consumer.queue, id: try row.decode(1), type: try row.decode(2), payload: try row.decode(3),
        key: try row.decode(4), headers: try row.decode(5), attempt: try row.decode(6), sentAt: try row.decode(7),
        extra1: try row.decode(8), extra2: try row.decode(9))
    }
    return Received(
      receipt: try first.decode(0), messages: messages, lanes: try first.decode(11),
      leaseTime: try first.decode(12, as: Double?.self).map { .seconds($0) },
      age: .seconds(max(0, try first.decode(10, as: Double.self))))
  }

  func touch(_ receipt: Int64) async throws {
    try await call { connection, _ in _ = try await connection.query("select trunkline.touch(\(receipt))") }
  }

  /// Acknowledges the messages.
  ///
  /// When the answer is lost, nobody knows whether they are acknowledged. Then asking again is refused if they are, and also if
  /// another process has them: in either case they are not ours any more, and come again if they are not done.
  ///
  /// - Parameter event: the last to be acknowledged; those behind it are given back. `nil`: all.
  func ack(_ receipt: Int64, upTo event: Int64? = nil) async throws {
    try await call { connection, attempt in
      do {
        try await connection.acknowledge(receipt, upTo: event)
      } catch let error as PostgresError where error.sqlState == ConsumerSession.lostLease && attempt > 1 {}
    }
  }

  func release(_ receipt: Int64) async throws {
    try await call { connection, _ in _ = try await connection.query("select trunkline.release(\(receipt))") }
  }

  func nack(_ receipt: Int64, _ event: Int64, _ failure: MessageFailure) async throws -> FailureOutcome {
    try await call { connection, _ in try await connection.nack(receipt, event, failure) }
  }

  /// Waits until a tick of the queue is announced or the time passed.
  func waitForTick(atMost limit: Duration) async throws {
    let queue = consumer.queue
    _ = try await call(untilShutdown: true) { connection, _ in
      try await connection.waitForTick(of: queue, atMost: limit)
    }
  }

  /// Gives back messages that nobody works on, also when the task is cancelled; a failure only means that they come later.
  func releaseAtOnce(_ receipt: Int64) async {
    guard let connection, await !connection.isClosed else { return }
    await Task { _ = try? await connection.query("select trunkline.release(\(receipt))") }.value
  }

  func close() async {
    opening?.cancel()
    await connection?.close()
  }

  // MARK: Connecting

  /// Calls the database, again while the cause of a failure may pass.
  private func call<Value: Sendable>(
    _ body: @Sendable (PostgresConnection, _ attempt: Int) async throws -> Value
  ) async throws -> Value {
    while true {
      if let value = try await call(untilShutdown: false, body) { return value }
    }
  }

  /// As ``call(_:)``; `nil` when the process shuts down gracefully before the database answers.
  private func call<Value: Sendable>(
    untilShutdown endsAtShutdown: Bool, _ body: @Sendable (PostgresConnection, _ attempt: Int) async throws -> Value
  ) async throws -> Value? {
    var failures = 0
    while true {
      do {
        return try await body(try await usable(), failures + 1)
      } catch let error as PostgresError where error.isTransient {
        try Task.checkCancellation()
        failures += 1
        if let limit = consumer.reconnectPolicy.maximumAttempts, failures >= limit { throw error }
        let delay = consumer.reconnectPolicy.delay(afterFailures: failures)
        consumer.logger.warning(
          "the queue's database does not answer, trying again in \(delay)",
          metadata: ["queue": "\(consumer.queue)", "consumer": "\(consumer.name)", "error": "\(error)"])
        guard endsAtShutdown else {
          try await Task.sleep(for: delay)
          continue
        }
        try await untilShutdown { try await Task.sleep(for: delay) }
        if Task.isShuttingDownGracefully { return nil }
      }
    }
  }

  /// The connection, or a new one in place of one that broke; several callers share the attempt.
  private func usable() async throws -> PostgresConnection {
    if let connection, await !connection.isClosed { return connection }
    if let opening { return try await opening.value }
    let (database, logger) = (consumer.database, consumer.logger)
    let task = Task {
      let connection = try await PostgresConnection.connect(database, logger: logger)
      try await connection.listen(ConsumerSession.tickChannel)
      return connection
    }
    opening = task
    defer { opening = nil }
    let connection = try await task.value
    self.connection = connection
    return connection
  }
}

extension PostgresConnection {
  /// Acknowledges the messages of a receipt, or those up to one of them; the others are given back.
  func acknowledge(_ receipt: Int64, upTo event: Int64?) async throws {
    guard let event else {
      try await query("select trunkline.ack(\(receipt))")
      return
    }
    try await query("select trunkline.ack_until(\(receipt), \(event))")
  }

  /// Says that the work on a message failed.
  func nack(_ receipt: Int64, _ event: Int64, _ failure: MessageFailure) async throws -> FailureOutcome {
    let seconds = failure.delay.map { $0 / .seconds(1) }
    let rows = try await query(
      """
      select trunkline.nack(
        \(receipt), \(event), \(failure.reason), make_interval(secs => \(seconds)::float8), \(failure.isFinal))
      """)
    let answer = try rows.first?.decode(0, as: String.self) ?? ""
    guard let outcome = FailureOutcome(rawValue: answer) else {
      throw PostgresError(.decoding, "nack answered \"\(answer)\"")
    }
    return outcome
  }
}
