import Logging
import PostgresClient

extension QueueConsumer {
  /// Connects, attaches, and lends the batches while the heart beats.
  func withSession<Value: Sendable>(
    _ attachment: inout Attachment, _ body: (BatchSequence) async throws -> Value
  ) async throws -> Value {
    let control = try await PostgresConnection.connect(database, logger: logger)
    var open = [control]
    do {
      let reader = try await PostgresConnection.connect(database, logger: logger)
      open.append(reader)
      try await ConsumerSession.prepareReader(reader)
      let session = try await attachment.session(self, control)
      try await control.listen(ConsumerSession.tickChannel)
      let value = try await withHeartbeat(session) { heartbeat in
        try await body(
          BatchSequence(
            consumer: self, session: session, reader: reader, heartbeat: heartbeat,
            metrics: ConsumerMetrics(queue: queue, consumer: name)))
      }
      for connection in open { await connection.close() }
      return value
    } catch {
      if (error as? PostgresError)?.sqlState == ConsumerSession.lostLease { attachment.isLost = true }
      for connection in open { await connection.close() }
      throw error
    }
  }

  private func withHeartbeat<Value: Sendable>(
    _ session: ConsumerSession, _ body: (Heartbeat) async throws -> Value
  ) async throws -> Value {
    let heartbeat = Heartbeat(atMost: heartbeatInterval)
    let beating = Task { await heartbeat.beat(session) }
    do {
      let value = try await body(heartbeat)
      await stop(beating, session, heartbeat)
      return value
    } catch {
      await stop(beating, session, heartbeat)
      throw error
    }
  }

  /// Leaves the group, so that the others need not wait for this member; also when the task is cancelled.
  private func stop(_ beating: Task<Void, Never>, _ session: ConsumerSession, _ heartbeat: Heartbeat) async {
    beating.cancel()
    await beating.value
    guard session.member != nil, heartbeat.failure == nil else { return }
    await Task {
      guard await !session.connection.isClosed else { return }
      do {
        try await session.detach()
      } catch {
        logger.debug("the member did not leave its group", metadata: ["error": "\(error)"])
      }
    }.value
  }
}
