import Logging
import PostgresClient

/// The right to bring a queue into a target, and to consume it at the source.
///
/// Both are taken in one transaction of the target, so that of several workers that start at once the same one is the
/// newest on both sides.
struct PositionClaim {
  /// Where the source stands.
  struct Source {
    var origin: String
    var epoch: Int
    var tick: Int64
  }

  let lease: Int64
  let lastTick: Int64
  let queue: ConsumerSession

  /// Claims the position. A worker that holds it in an open transaction, for example one that hangs, is waited for a
  /// while; then its session at the target is ended.
  ///
  /// - Parameters:
  ///   - holder: who claims it, another one for each start of a worker.
  ///   - held: the lease of the caller's session before.
  /// - Throws: `PostgresError`, SQLSTATE TL001 when `held` is no longer valid.
  static func make(
    _ worker: TransferWorker, _ source: Source, by holder: String, held: Int64?, control: PostgresConnection,
    target: PostgresConnection
  ) async throws -> PositionClaim {
    return try await BlockerEviction.run(
      for: target, after: worker.takeoverDelay, held: "the position", logger: worker.logger
    ) {
      try await target.transaction { target in
        let claimed = try await target.query(
          """
          select lease, last_tick from trunkline.claim_position(
            \(source.origin)::uuid, \(source.epoch), \(worker.queue), \(worker.consumer), \(source.tick), \(holder),
            \(held))
          """)
        guard let (lease, lastTick) = try claimed.first?.decode(Int64.self, Int64.self) else {
          throw PostgresError(.decoding, "claim_position returned nothing")
        }
        let queue = try await ConsumerSession.attach(worker.consumer, on: worker.queue, holder: holder, control)
        return PositionClaim(lease: lease, lastTick: lastTick, queue: queue)
      }
    }
  }
}
