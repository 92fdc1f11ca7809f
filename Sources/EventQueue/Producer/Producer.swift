public import PostgresClient

/// Sends events into a queue, as part of the caller's own transaction.
///
/// ```swift
/// let orders = Producer(queue: "orders")
/// try await connection.transaction { connection in
///   try await connection.query("insert into orders (id, total) values (\(id), \(total))")
///   try await orders.send(OutgoingEvent(encoding: OrderPlaced(id: id), key: "\(id)"), over: connection)
/// }
/// ```
///
/// The event is there for consumers when the transaction is committed, and never when it is not. Outside of a transaction
/// each call is a transaction of its own.
///
/// To send from many tasks without transactions of their own, see ``BufferedProducer``.
public struct Producer: Sendable {
  /// The queue's name.
  public var queue: String
  /// So many events go into one statement at most.
  public var maximumStatementEvents = 1000
  /// So many bytes go into one statement at most, or one event.
  public var maximumStatementBytes = 1 << 20

  /// Describes a producer; nothing is connected.
  public init(queue: String) { self.queue = queue }

  /// Sends one event.
  ///
  /// - Returns: its id; when it is not sent because of its deduplication key, the id of the one that was sent before.
  /// - Throws: `PostgresError`: no such queue, no right to produce into it, the queue takes no events. In a repeatable read
  ///   transaction SQLSTATE 40001, if its deduplication key was used after the transaction's snapshot.
  @discardableResult
  public func send(_ event: OutgoingEvent, over connection: PostgresConnection) async throws -> Int64 {
    guard let id = try await send([event], over: connection).first else {
      throw PostgresError(.decoding, "trunkline.send() returned no id")
    }
    return id
  }

  /// Sends events, all or none, in this order.
  ///
  /// Events that follow each other and have type, headers, delivery and deduplication window in common share a statement;
  /// all statements are sent without waiting in between. The running trace is added to the headers (``TraceHeaders``).
  ///
  /// - Returns: an id for each event, as ``send(_:over:)-(OutgoingEvent,_)`` does.
  /// - Throws: as ``send(_:over:)-(OutgoingEvent,_)``.
  @discardableResult
  public func send(
    _ events: some Sequence<OutgoingEvent>, over connection: PostgresConnection
  ) async throws -> [Int64] {
    let statements = SendStatement.divide(
      events.lazy.map(\.traced), maximumEvents: maximumStatementEvents, maximumBytes: maximumStatementBytes)
    let results =
      if statements.count == 1, let only = statements.first {
        [try await connection.query(only.query(queue: queue))]
      } else {
        try await connection.pipeline(statements.map { $0.query(queue: queue) })
      }
    return try results.flatMap { try $0.map { try $0.decode(0, as: Int64.self) } }
  }

  /// Takes back an event that was sent with a delay. Its deduplication key may be used again.
  ///
  /// - Returns: whether it was taken back; `false`: it is delivered already.
  /// - Throws: `PostgresError`.
  @discardableResult
  public func cancel(_ event: Int64, over connection: PostgresConnection) async throws -> Bool {
    try await connection.query("select trunkline.cancel(\(queue), \(event))").first?.decode(0) ?? false
  }
}
