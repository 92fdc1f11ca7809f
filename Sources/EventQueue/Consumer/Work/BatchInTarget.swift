public import PostgresClient

extension QueueConsumer {
  /// Works batch after batch, each in one transaction of another database, which also keeps the position there: the effect
  /// of every event is in `target` exactly once, whatever is killed when.
  ///
  /// The target needs the schema `trunkline`. Read the events from the batch, write over the connection; do not end its
  /// transaction. Events cannot be put aside, because that happens in the queue's database: what cannot be done must throw,
  /// which rolls back and ends the work, or be noted in the target. Not for members: a group has more than one position.
  ///
  /// - Throws: as ``run(_:)``; `PostgresError` `misuse` for a member.
  public func run(
    into target: PostgresConfiguration,
    _ work: @escaping @Sendable (_ batch: OpenBatch, _ transaction: PostgresConnection) async throws -> Void
  ) async throws {
    guard member == nil else {
      throw PostgresError(
        .misuse, "a member of a group cannot keep its position in another database",
        hint: "leave out the member, or split the queue")
    }
    try await run(BatchInTarget(target: target, work: work))
  }
}

/// Work and position are one transaction of another database; the batch is finished after it.
struct BatchInTarget: BatchWork {
  let target: PostgresConfiguration
  let work: @Sendable (OpenBatch, PostgresConnection) async throws -> Void

  struct Place: Sendable {
    let connection: PostgresConnection
    let position: TargetPosition
  }

  func open(_ session: ConsumerSession, _ consumer: QueueConsumer) async throws -> Place {
    let connection = try await PostgresConnection.connect(target, logger: consumer.logger)
    do {
      let (position, tick, start) = try await TargetPosition.claim(session, connection)
      // The target's position is the truth: after a crash between its commit and the source's, the source is behind.
      if tick != start { try await session.seek(to: tick) }
      return Place(connection: connection, position: position)
    } catch {
      await connection.close()
      throw error
    }
  }

  func perform(_ batch: OpenBatch, _ place: Place) async throws {
    try await place.connection.transaction { transaction in
      guard try await place.position.advance(over: batch.batch, transaction) else { return }
      var batch = batch
      batch.isElsewhere = true
      do { try await work(batch, transaction) } catch { throw WorkFailure(cause: error, isUndone: true) }
    }
    try await batch.finish()
  }

  func isBroken(_ place: Place) async -> Bool { await place.connection.isClosed }

  func close(_ place: Place) async { await place.connection.close() }
}
