package import Logging
package import PostgresClient

/// Puts back what copies parked and could not put back at their end, because rows were of different moments: once
/// everything that the copies saw is applied.
package struct DeferredRestore: Sendable {
  let owner: CopyOwner
  var restore: ParkingRestore
  let logger: Logger

  package init(owner: CopyOwner, restore: ParkingRestore, logger: Logger) {
    self.owner = owner
    self.restore = restore
    self.logger = logger
  }

  /// The largest transaction that a copy saw, of tables that are not known to be in sync yet; `nil`: all are.
  ///
  /// - Throws: `PostgresError`.
  package func horizon(_ target: PostgresConnection) async throws -> Int64? {
    let rows = try await target.query(
      """
      select max(txid_snapshot_xmax(sync_snapshot)) from trunkline.copied_table
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
      """)
    return try rows.first?.decode(0, as: Int64?.self)
  }

  /// Puts everything back and notes that the tables are in sync.
  ///
  /// - Throws: `PostgresError` for lost connections and the like.
  package func finish(_ target: PostgresConnection) async throws {
    try await run(target) { _ in true }
    try await target.query(
      """
      update trunkline.copied_table set sync_snapshot = null
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
        and sync_snapshot is not null
      """)
  }

  /// Puts back what was parked, foreign keys last. What the rows contradict stays parked, with the reason.
  func run(_ target: PostgresConnection, _ isWanted: (ParkedObject) -> Bool) async throws {
    let objects = try await ParkingLot.list(of: owner, target).filter(isWanted)
    let sorted = objects.filter { $0.kind != .foreignKey } + objects.filter { $0.kind == .foreignKey }
    for object in sorted {
      guard let reason = try await restore.restore(object, target) else { continue }
      logger.error(
        "could not be put back after the copy",
        metadata: [
          "object": "\(object.name)", "table": "\(object.table)", "error": "\(reason)",
          "remedy": "mend the rows, then: trunkline table restore",
        ])
    }
  }
}
