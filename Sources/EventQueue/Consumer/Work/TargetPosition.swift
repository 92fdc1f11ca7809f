import PostgresClient

/// The right to move a consumer's position in another database.
struct TargetPosition: Sendable {
  let origin: String
  let queue: String
  let consumer: String
  let lease: Int64

  /// Claims the position. It is asked again whether the session still holds the consumer before the claim is committed: of
  /// several processes that start at once the same one is then the newest on both sides.
  ///
  /// - Returns: the claim, the tick up to which the target is, and the consumer's tick at the source.
  /// - Throws: `PostgresError`, SQLSTATE TL001 when another process took over.
  static func claim(
    _ session: ConsumerSession, _ target: PostgresConnection
  ) async throws -> (TargetPosition, tick: Int64, start: Int64) {
    let source = try await session.connection.query(
      """
      select o.origin_id, o.epoch, i.last_tick
      from trunkline.origin o, pgq.get_consumer_info(\(session.queue), \(session.consumer)) i
      """)
    guard let (origin, epoch, start) = try source.first?.decode(String.self, Int.self, Int64.self) else {
      throw PostgresError(
        .misuse, "the queue's database does not know its own identity",
        hint: "install the schemas again: trunkline schema install")
    }
    return try await target.transaction { target in
      let claimed = try await target.query(
        """
        select lease, last_tick from trunkline.claim_position(
          \(origin)::uuid, \(epoch), \(session.queue), \(session.consumer), \(start), \(processDescription()), null)
        """)
      guard let (lease, tick) = try claimed.first?.decode(Int64.self, Int64.self) else {
        throw PostgresError(.decoding, "claim_position returned nothing")
      }
      _ = try await session.touch()
      let position = TargetPosition(origin: origin, queue: session.queue, consumer: session.consumer, lease: lease)
      return (position, tick: tick, start: start)
    }
  }

  /// Moves the position over a batch, first thing in the transaction that applies it.
  ///
  /// - Returns: `false` when the batch was applied before.
  /// - Throws: `PostgresError`, SQLSTATE TL001 when another process took over.
  func advance(over batch: EventBatch, _ transaction: PostgresConnection) async throws -> Bool {
    let rows = try await transaction.query(
      """
      select trunkline.advance_position(
        \(origin)::uuid, \(queue), \(consumer), \(lease), \(batch.previousTick), \(batch.currentTick))
      """)
    return try rows.first?.decode(0) ?? false
  }
}
