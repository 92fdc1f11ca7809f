import Logging
import PostgresClient
import ServiceLifecycle
import Tracing

extension QueueConsumer {
  /// Works batch after batch, over as many connections as it takes.
  func run<Work: BatchWork>(_ work: Work) async throws {
    var attachment = Attachment()
    var failures = 0
    while !Task.isShuttingDownGracefully {
      do {
        try await withSession(&attachment) { batches in try await run(work, batches) { failures = 0 } }
        return
      } catch let pause as Pause {
        failures = try await wait(after: pause.cause, failures)
      } catch let error as PostgresError where error.isTransient {
        failures = try await wait(after: error, failures)
      } catch let error as PostgresError where error.sqlState == ConsumerSession.lostLease && attachment.mayReturn(self)
      {
        failures = try await wait(after: error, failures)
      }
    }
  }

  private func run<Work: BatchWork>(_ work: Work, _ batches: BatchSequence, onSuccess: () -> Void) async throws {
    let place = try await work.open(batches.session, self)
    do {
      for try await batch in batches {
        try await perform(work, batch, place, batches)
        onSuccess()
      }
      await work.close(place)
    } catch {
      await work.close(place)
      throw error
    }
  }

  private func perform<Work: BatchWork>(
    _ work: Work, _ batch: OpenBatch, _ place: Work.Place, _ batches: BatchSequence
  ) async throws {
    let start = ContinuousClock.now
    do {
      try await batch.heartbeat.guarding {
        try await withSpan("\(queue) batch", ofKind: .consumer) { span in
          describe(batch.batch, to: span)
          try await work.perform(batch, place)
        }
      }
      batches.metrics.worked(ContinuousClock.now - start)
    } catch let failure as WorkFailure {
      if (failure.cause as? PostgresError)?.sqlState == ConsumerSession.lostLease { throw failure.cause }
      let connections = [batch.session.connection, batch.reader]
      var isBroken = await work.isBroken(place)
      for connection in connections where !isBroken { isBroken = await connection.isClosed }
      let isPassing = failure.isUndone && (failure.cause as? PostgresError)?.isTransient == true
      guard isBroken || isPassing else { throw failure.cause }
      throw Pause(cause: failure.cause)
    }
  }

  private func describe(_ batch: EventBatch, to span: any Span) {
    span.attributes["messaging.system"] = "trunkline"
    span.attributes["messaging.destination.name"] = queue
    span.attributes["messaging.consumer.group.name"] = name
    span.attributes["trunkline.batch"] = "\(batch.previousTick)-\(batch.currentTick)"
  }

  /// - Returns: the number of failures in a row.
  private func wait(after error: any Error, _ failures: Int) async throws -> Int {
    try Task.checkCancellation()
    let failures = failures + 1
    if let limit = reconnectPolicy.maximumAttempts, failures >= limit { throw error }
    let delay = reconnectPolicy.delay(afterFailures: failures)
    logger.warning(
      "the work on a batch was interrupted, going on in \(delay)",
      metadata: ["queue": "\(queue)", "consumer": "\(name)", "error": "\(error)"])
    try await untilShutdown { try await Task.sleep(for: delay) }
    return failures
  }
}

/// A failure that passes: the batch comes again.
private struct Pause: Error {
  let cause: any Error
}
