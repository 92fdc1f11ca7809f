import PostgresClient

/// What is done with a batch, and in which transaction the batch is finished.
protocol BatchWork: Sendable {
  /// What the work needs for as long as the connections hold.
  associatedtype Place: Sendable

  /// Prepares for batches of a new session.
  func open(_ session: ConsumerSession, _ consumer: QueueConsumer) async throws -> Place

  /// Works on a batch and finishes it. What the user's closure throws is wrapped into ``WorkFailure``.
  func perform(_ batch: OpenBatch, _ place: Place) async throws

  /// Whether a failure may have come from a connection of the place.
  func isBroken(_ place: Place) async -> Bool

  /// Gives back what ``open(_:_:)`` made.
  func close(_ place: Place) async
}

/// An error of the user's work, as opposed to one of ours.
struct WorkFailure: Error {
  let cause: any Error
  /// Whether the work was undone with its transaction, so that a passing cause is worth another attempt.
  var isUndone = false
}

/// The work is done wherever the user does it; a crash in between repeats it.
struct BatchAtLeastOnce: BatchWork {
  let work: @Sendable (OpenBatch) async throws -> Void

  func open(_ session: ConsumerSession, _ consumer: QueueConsumer) async throws {}

  func perform(_ batch: OpenBatch, _ place: Void) async throws {
    do { try await work(batch) } catch { throw WorkFailure(cause: error) }
    try await batch.finish()
  }

  func isBroken(_ place: Void) async -> Bool { false }

  func close(_ place: Void) async {}
}
