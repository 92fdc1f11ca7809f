package import PostgresClient

/// How far a target has got with a queue, as its claimed worker moves it on: always in the transaction that brings the
/// batch's data.
package struct TransferPosition: Sendable {
  /// The connection that writes into the target.
  package let connection: PostgresConnection
  /// The source, and the name under which the position is kept.
  package let origin: String, queue: String, consumer: String
  let lease: Int64
  /// The consumer, called over the target's connection: only where the queue lies in the same database.
  let consumerInTarget: ConsumerSession?

  /// Runs `body` in one transaction with the position's move over the batch. Where the queue lies in the same database,
  /// the batch is finished in it, too.
  ///
  /// - Returns: what `body` returned; `nil` without calling it when the batch was brought in before.
  /// - Throws: what `body` throws; `PostgresError`, SQLSTATE TL001 when another worker claimed the position. Then nothing
  ///   of the batch is in the target.
  package func transaction(
    _ batch: EventBatch, isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> TransferOutcome
  ) async throws -> TransferOutcome? {
    try await connection.transaction { target in
      let advance: PostgresQuery = """
        select trunkline.advance_position(\(origin)::uuid, \(queue), \(consumer), \(lease), \(batch.previousTick),
          \(batch.currentTick))
        """
      guard try await target.query(advance.prepared()).first?.decode(0, as: Bool.self) == true else { return nil }
      let outcome = try await body(target)
      if outcome.events > 0 {
        let count: PostgresQuery = """
          update trunkline.position set events = events + \(outcome.events)
          where origin_id = \(origin)::uuid and queue_name = \(queue) and consumer_name = \(consumer)
          """
        try await target.query(count.prepared())
      }
      try await consumerInTarget?.close(batch)
      return outcome
    }
  }

  /// Called first in a transaction of any connection to the target that writes for this worker without moving the position:
  /// until it ends, nobody can claim the position.
  ///
  /// - Throws: `PostgresError`, SQLSTATE TL001 when another worker claimed the position.
  package func hold(_ target: PostgresConnection) async throws {
    try await target.query(
      "select trunkline.hold_position(\(origin)::uuid, \(queue), \(consumer), \(lease))")
  }

  /// Leaves the reason of a failure where people look for it; best effort, the log has it as well.
  func report(_ error: any Error) async {
    guard !(error is CancellationError), await !connection.isClosed else { return }
    let message = "\(error)"
    _ = try? await connection.query(
      """
      update trunkline.position set error = \(message), updated_at = clock_timestamp()
      where origin_id = \(origin)::uuid and queue_name = \(queue) and consumer_name = \(consumer) and lease = \(lease)
      """)
  }
}

/// What a batch came to.
package struct TransferOutcome: Sendable, Equatable {
  /// Events of the batch, and rows that were written for them.
  package var events = 0, rows = 0
  /// Events that were left out because the worker was told to.
  package var leftOut = 0
  /// Events by what they went into, where that is of interest.
  package var destinations: [String: Int] = [:]
  /// Whether the batch had been brought in before.
  package var wasApplied = false

  package init(events: Int = 0, rows: Int = 0, leftOut: Int = 0, wasApplied: Bool = false) {
    self.events = events
    self.rows = rows
    self.leftOut = leftOut
    self.wasApplied = wasApplied
  }

  /// Adds another batch's counts.
  package mutating func add(_ other: TransferOutcome) {
    events += other.events
    rows += other.rows
    leftOut += other.leftOut
    destinations.merge(other.destinations, uniquingKeysWith: +)
  }
}
