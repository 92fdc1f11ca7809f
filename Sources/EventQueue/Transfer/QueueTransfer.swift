import PostgresClient

/// Puts the events of a queue into other queues, each batch in one transaction of the target.
///
/// Events keep their order, their time and all fields of the producer; they get new ids.
package struct QueueTransfer: Sendable {
  package var routing: EventRouting
  /// Whether queues that do not exist are created.
  package var makesQueues = false

  package init(_ routing: EventRouting) { self.routing = routing }

  /// To be a worker's ``TransferWorker/start``.
  ///
  /// - Throws: ``TransferError`` when the queue would be moved into itself; `PostgresError`.
  package func start(_ session: TransferSession) async throws -> TransferWorker.BatchHandler {
    if case .queue(session.position.queue) = routing.rest { try refuseLoop(session, session.position.queue) }
    for route in routing.routes { try refuseLoop(session, route.queue) }
    try await session.target.query("select trunkline.stage_events()")
    return { batch in try await bring(batch, session) }
  }

  private func bring(_ batch: EventBatch, _ session: TransferSession) async throws -> TransferOutcome {
    do {
      let outcome = try await session.position.transaction(batch) { target in
        let copied = try await CopyPipe.run(
          session.reader, routing.copyOut(batch.sql), target, "copy pg_temp.trunkline_staged from stdin")
        guard copied > 0 else { return TransferOutcome() }
        return try await insert(target, session)
      }
      return outcome ?? TransferOutcome(wasApplied: true)
    } catch var error as TransferError {
      error.queue = session.position.queue
      error.ticks = (batch.previousTick, batch.currentTick)
      throw error
    } catch let error as PostgresError where error.needsMending {
      throw try await locate(error, batch, session)
    }
  }

  private func insert(_ target: PostgresConnection, _ session: TransferSession) async throws -> TransferOutcome {
    let query: PostgresQuery = """
      select queue, events, first_event from trunkline.insert_staged_events(\(makesQueues))
      """
    var outcome = TransferOutcome()
    for row in try await target.query(query.prepared()) {
      let (queue, events, first) = try row.decode(String?.self, Int.self, Int64.self)
      outcome.events += events
      switch queue {
      case nil:
        throw TransferError(
          event: first, reason: "no route fits the event, and \(events) of the batch in all",
          remedy: "add a route, or say what becomes of such events: --rest QUEUE, or --rest drop")
      case "": outcome.leftOut += events
      case let queue?:
        try refuseLoop(session, queue)
        outcome.rows += events
        outcome.destinations[queue] = events
      }
    }
    return outcome
  }

  /// A queue that is moved into itself would go on for ever.
  private func refuseLoop(_ session: TransferSession, _ queue: String) throws {
    guard session.isOneDatabase, queue == session.position.queue else { return }
    throw TransferError(
      queue: queue, reason: "the queue's events would go into the queue itself, for ever",
      remedy: "choose another target queue or database")
  }

  /// Says where a server's refusal happened: a COPY's error names the line.
  private func locate(
    _ error: PostgresError, _ batch: EventBatch, _ session: TransferSession
  ) async throws -> TransferError {
    let reason = error.message + (error.detail.map { " (\($0))" } ?? "")
    var failure = TransferError(
      queue: session.position.queue, reason: reason,
      remedy: (error.hint ?? "mend the cause") + "; then the worker goes on by itself", cause: error)
    failure.ticks = (batch.previousTick, batch.currentTick)
    if let line = CopyPipe.line(error, table: "trunkline_staged") {
      failure.event = try await session.reader.query(
        "select ev_id from (\(raw: batch.sql)) b offset \(line - 1)::int8 limit 1"
      ).first?.decode(0, as: Int64.self)
    }
    return failure
  }
}
