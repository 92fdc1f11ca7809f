import PostgresClient

extension OpenBatch {
  /// Puts an event aside because its work failed: it comes again, each time later, until it has failed as often as the
  /// consumer's setting `max_attempts` allows; then it becomes a dead letter (``DeadLetters``).
  ///
  /// - Parameters:
  ///   - event: an event of the batch.
  ///   - reason: kept with the event, for people to read.
  ///   - delay: the time until it comes again; `nil`: as the consumer's settings say, doubling with every attempt.
  /// - Returns: what became of it.
  /// - Throws: `PostgresError`: another process took over, no such event in the batch.
  @discardableResult
  public func fail(
    _ event: QueueEvent, reason: String, retryAfter delay: Duration? = nil
  ) async throws -> FailureOutcome {
    try refuseElsewhere()
    let outcome = try await session.fail(try event.id, of: batch, reason: reason, delay: delay)
    metrics.count(outcome)
    return outcome
  }

  /// Puts an event to the dead letters at once, because another attempt cannot help.
  ///
  /// - Throws: as ``fail(_:reason:retryAfter:)``.
  public func bury(_ event: QueueEvent, reason: String) async throws {
    try refuseElsewhere()
    try await session.bury(try event.id, of: batch, reason: reason)
    metrics.count(.dead)
  }

  func refuseElsewhere() throws {
    guard isElsewhere else { return }
    throw PostgresError(
      .misuse, "an event cannot be put aside in a transaction of another database",
      hint: "throw, which repeats the batch, or note the event in the target's own tables")
  }
}

extension ConsumerSession {
  /// Puts an event aside for later, or to the dead letters.
  func fail(
    _ event: Int64, of batch: EventBatch, reason: String, delay: Duration?
  ) async throws -> FailureOutcome {
    let seconds = delay.map { $0 / .seconds(1) }
    let query: PostgresQuery =
      if let member {
        """
        select trunkline.fail_member_event(
          \(queue), \(consumer), \(member), \(lease), \(batch.id), \(event), \(reason),
          make_interval(secs => \(seconds)::float8))
        """
      } else {
        """
        select trunkline.fail_event(
          \(queue), \(consumer), \(lease), \(batch.id), \(event), \(reason), make_interval(secs => \(seconds)::float8))
        """
      }
    let outcome = try await connection.query(query).first?.decode(0, as: String.self) ?? ""
    guard let outcome = FailureOutcome(rawValue: outcome) else {
      throw PostgresError(.decoding, "fail_event answered \"\(outcome)\"")
    }
    return outcome
  }
}

extension ConsumerSession {
  /// Puts an event to the dead letters.
  func bury(_ event: Int64, of batch: EventBatch, reason: String) async throws {
    let query: PostgresQuery =
      if let member {
        """
        select trunkline.fail_member_event(
          \(queue), \(consumer), \(member), \(lease), \(batch.id), \(event), \(reason), null, true)
        """
      } else {
        "select trunkline.fail_event(\(queue), \(consumer), \(lease), \(batch.id), \(event), \(reason), null, true)"
      }
    try await connection.query(query)
  }
}
