public import PostgresClient
import ServiceLifecycle
import Tracing

extension MessageConsumer {
  /// Works message by message in the queue's own database, so that the effects of each are there exactly once: what `handle`
  /// writes over the connection it gets is committed together with the acknowledgement.
  ///
  /// Messages that were received together share a transaction; each has a savepoint, so that a failure undoes its own effects
  /// only. Do not end the transaction. When it fails for a reason that passes (a deadlock, a lost connection), all of it is
  /// tried again.
  ///
  /// - Throws: as ``run(concurrency:_:)``.
  public func runInTransaction(
    _ handle: @escaping @Sendable (_ message: Message, _ transaction: PostgresConnection) async throws -> Void
  ) async throws {
    try await withLink { link in
      var connection: PostgresConnection?
      defer { if let connection { Task { await connection.close() } } }
      try await deliveries(link) { delivery in
        var failures = 0
        while true {
          do {
            if let open = connection, await open.isClosed { connection = nil }
            let place =
              if let connection { connection } else { try await PostgresConnection.connect(database, logger: logger) }
            connection = place
            return try await delivery.work(in: place, handle)
          } catch let error as PostgresError where error.isTransient {
            try Task.checkCancellation()
            failures += 1
            if let limit = reconnectPolicy.maximumAttempts, failures >= limit { throw error }
            try await Task.sleep(for: reconnectPolicy.delay(afterFailures: failures))
          }
        }
      }
    }
  }
}

extension Delivery {
  /// Works on the messages one after another and acknowledges them, all in one transaction.
  fileprivate func work(
    in connection: PostgresConnection,
    _ handle: @escaping @Sendable (Message, PostgresConnection) async throws -> Void
  ) async throws {
    try await guarding {
      try await connection.transaction { transaction in
        var plan = DeliveryPlan(keys: received.messages.map(\.key))
        while let index = plan.next() {
          plan.finish(index, try await perform(received.messages[index], transaction, handle))
          if Task.isShuttingDownGracefully { plan.stop() }
        }
        if received.lanes == nil {
          for index in plan.overtakers {
            let failure = MessageFailure(reason: "not tried: an earlier event of the same key failed")
            metrics.count(try await transaction.nack(received.receipt, received.messages[index].id, failure))
          }
        }
        if plan.handled == received.messages.count {
          try await transaction.acknowledge(received.receipt, upTo: nil)
        } else if let last = plan.lastDone {
          try await transaction.acknowledge(received.receipt, upTo: received.messages[last].id)
        } else {
          try await transaction.query("select trunkline.release(\(received.receipt))")
        }
      }
    }
    metrics.finish()
  }

  private func perform(
    _ message: Message, _ transaction: PostgresConnection,
    _ handle: @Sendable (Message, PostgresConnection) async throws -> Void
  ) async throws -> DeliveryPlan.Result {
    let start = ContinuousClock.now
    do {
      try await transaction.savepoint { transaction in
        try await withSpan("\(message.queue) message", context: message.traceContext, ofKind: .consumer) { span in
          describe(message, to: span)
          try await handle(message, transaction)
        }
      }
      metrics.worked(ContinuousClock.now - start)
      metrics.acknowledge(1)
      return .done
    } catch {
      try Task.checkCancellation()
      // What passes by itself undoes the whole transaction, which is tried again.
      if let error = error as? PostgresError, error.isTransient { throw error }
      let failure = try MessageFailure(error, malformedPayloads: consumer.malformedPayloads)
      let outcome = try await transaction.nack(received.receipt, message.id, failure)
      report(message, failure, outcome)
      return outcome == .dead ? .dead : .postponed
    }
  }
}
