package import PostgresClient

/// What one attached consumer, or one member of a group, says to its queue's database. Every call is refused once another
/// process attached, or the member's batch was given to another (SQLSTATE ``lostLease``).
package struct ConsumerSession: Sendable {
  package let connection: PostgresConnection
  package let queue: String
  package let consumer: String
  /// The member of the cooperative group; `nil` for a consumer that works alone.
  package let member: String?
  package let lease: Int64

  /// The SQLSTATE of calls with a lease that is no longer valid.
  package static let lostLease: SQLState = "TL001"

  /// Every tick is announced here, with the queue's name.
  package static let tickChannel = "trunkline_tick"

  /// Registers the consumer, if it is not, at the newest tick, for the role of the connection. One that was evicted is refused.
  ///
  /// - Returns: whether it is new.
  /// - Throws: `PostgresError`: unknown queue, no right to consume.
  @discardableResult
  package static func register(
    _ consumer: String, on queue: String, _ connection: PostgresConnection
  ) async throws -> Bool {
    let rows = try await connection.query("select trunkline.register(\(queue), \(consumer))")
    return try rows.first?.decode(0, as: Int.self) == 1
  }

  /// Becomes the only process that works as this consumer, or as this member of it.
  ///
  /// - Throws: `PostgresError`: the consumer is not registered.
  package static func attach(
    _ consumer: String, member: String? = nil, on queue: String, holder: String, _ connection: PostgresConnection
  ) async throws -> ConsumerSession {
    let query: PostgresQuery =
      if let member {
        "select trunkline.attach_member(\(queue), \(consumer), \(member), \(holder))"
      } else {
        "select trunkline.attach_consumer(\(queue), \(consumer), \(holder))"
      }
    guard let lease: Int64 = try await connection.query(query).first?.decode(0) else {
      throw PostgresError(.decoding, "attaching returned no lease")
    }
    return ConsumerSession(connection: connection, queue: queue, consumer: consumer, member: member, lease: lease)
  }

  /// The same attachment over another connection: a lease belongs to the process, not to a session of the server.
  package func over(_ connection: PostgresConnection) -> ConsumerSession {
    ConsumerSession(connection: connection, queue: queue, consumer: consumer, member: member, lease: lease)
  }

  /// Moves the consumer behind another tick, which must still exist. Not for members: their group has one position.
  ///
  /// - Throws: `PostgresError`: lost lease, the tick is gone.
  package func seek(to tick: Int64) async throws {
    try await connection.query("select trunkline.seek_consumer(\(queue), \(consumer), \(lease), \(tick))")
  }

  /// Waits until a tick of this queue is announced or the time passed; several announcements count as one.
  ///
  /// The connection must listen on ``tickChannel``.
  ///
  /// - Throws: `PostgresError`; `CancellationError`.
  package func waitForTick(atMost limit: Duration) async throws {
    try await connection.waitForTick(of: queue, atMost: limit)
  }
}

extension PostgresConnection {
  /// Waits until a tick of the queue is announced or the time passed; several announcements count as one.
  package func waitForTick(of queue: String, atMost limit: Duration) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
      let left = deadline - ContinuousClock.now
      guard left > .zero, let notification = try await waitForNotification(timeout: left) else { return }
      guard notification.channel == ConsumerSession.tickChannel, notification.payload == queue else { continue }
      while try await waitForNotification(timeout: .zero) != nil {}
      return
    }
  }
}
