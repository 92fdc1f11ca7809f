import Logging
import PostgresClient
import ServiceLifecycle
import Tracing

/// Messages that were received together, and the work on them.
struct Delivery: Sendable {
  let consumer: MessageConsumer
  let link: MessageLink
  let metrics: ConsumerMetrics
  let received: MessageLink.Received

  /// Works on the messages, as many at once as allowed, and acknowledges them.
  ///
  /// - Throws: SQLSTATE TL001 when they were lost; ``MalformedPayload`` when that is to stop the consumer.
  func work(
    concurrency: Int, _ handle: @escaping @Sendable (Message) async throws -> Void
  ) async throws {
    try await guarding {
      try await conclude(try await perform(concurrency, handle))
    }
  }

  /// Gives signs of life while `work` runs, which is cancelled when the messages are lost. When it fails for another reason,
  /// the messages are given back.
  func guarding(_ work: @escaping @Sendable () async throws -> Void) async throws {
    do {
      try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
          try await work()
          return true
        }
        group.addTask {
          try await beat()
          return false
        }
        // The first error ends the other task, too.
        while try await group.next() == false {}
        group.cancelAll()
      }
    } catch {
      if (error as? PostgresError)?.sqlState != ConsumerSession.lostLease { await link.releaseAtOnce(received.receipt) }
      throw error
    }
  }

  private func perform(
    _ concurrency: Int, _ handle: @escaping @Sendable (Message) async throws -> Void
  ) async throws -> DeliveryPlan {
    try await withThrowingTaskGroup(of: (Int, DeliveryPlan.Result).self) { group in
      var plan = DeliveryPlan(keys: received.messages.map(\.key))
      while true {
        try Task.checkCancellation()
        if Task.isShuttingDownGracefully { plan.stop() }
        while plan.running < concurrency, let index = plan.next() {
          group.addTask { (index, try await perform(received.messages[index], handle)) }
        }
        guard let (index, result) = try await group.next() else { return plan }
        plan.finish(index, result)
      }
    }
  }

  /// Runs the handler on one message, and reports its failure to the database.
  private func perform(
    _ message: Message, _ handle: @Sendable (Message) async throws -> Void
  ) async throws -> DeliveryPlan.Result {
    let start = ContinuousClock.now
    do {
      try await withSpan("\(message.queue) message", context: message.traceContext, ofKind: .consumer) { span in
        describe(message, to: span)
        try await handle(message)
      }
      metrics.worked(ContinuousClock.now - start)
      metrics.acknowledge(1)
      return .done
    } catch {
      try Task.checkCancellation()
      let failure = try MessageFailure(error, malformedPayloads: consumer.malformedPayloads)
      let outcome = try await link.nack(received.receipt, message.id, failure)
      report(message, failure, outcome)
      return outcome == .dead ? .dead : .postponed
    }
  }

  /// Acknowledges what was worked on, and gives back what was not.
  private func conclude(_ plan: DeliveryPlan) async throws {
    // Where there are lanes, the database has put them behind the failed one of their key already.
    if received.lanes == nil {
      for index in plan.overtakers {
        let failure = MessageFailure(reason: "not tried: an earlier event of the same key failed")
        metrics.count(try await link.nack(received.receipt, received.messages[index].id, failure))
      }
    }
    if plan.handled == received.messages.count {
      try await link.ack(received.receipt)
    } else if let last = plan.lastDone {
      try await link.ack(received.receipt, upTo: received.messages[last].id)
    } else {
      try await link.release(received.receipt)
    }
    metrics.finish()
  }

  /// Gives signs of life until cancelled, four at least within the time that the messages stay without one.
  private func beat() async throws {
    let pause = min(consumer.heartbeatInterval, received.leaseTime.map { $0 / 4 } ?? consumer.heartbeatInterval)
    while true {
      do { try await Task.sleep(for: pause) } catch { return }
      try await link.touch(received.receipt)
    }
  }

  func report(_ message: Message, _ failure: MessageFailure, _ outcome: FailureOutcome) {
    metrics.count(outcome)
    consumer.logger.log(
      level: outcome == .dead ? .error : .notice,
      outcome == .dead ? "a message became a dead letter" : "a message failed and comes again",
      metadata: [
        "queue": "\(message.queue)", "consumer": "\(consumer.name)", "event": "\(message.id)",
        "attempt": "\(message.attempt)", "reason": "\(failure.reason)",
      ])
  }

  func describe(_ message: Message, to span: any Span) {
    span.attributes["messaging.system"] = "trunkline"
    span.attributes["messaging.destination.name"] = message.queue
    span.attributes["messaging.consumer.group.name"] = consumer.name
    span.attributes["messaging.message.id"] = "\(message.id)"
  }
}
