import EventQueue
import Logging
import PostgresClient

/// Ends what copies left open, as soon as a worker has applied everything that they saw.
actor CopySettling {
  private let restore: DeferredRestore
  private let reader: PostgresConnection
  private let target: PostgresConnection
  private let queue: String
  private var horizon: Int64?

  /// - Returns: `nil` when nothing is open.
  /// - Throws: `PostgresError`.
  init?(worker: ReplicationWorker, owner: CopyOwner, session: TransferSession) async throws {
    var parking = ParkingRestore()
    parking.memory = worker.copyOptions.maintenanceMemory
    parking.lockTimeout = worker.copyOptions.lockTimeout
    parking.fence = { [position = session.position] in try await position.hold($0) }
    restore = DeferredRestore(owner: owner, restore: parking, logger: worker.logger)
    reader = session.reader
    target = session.target
    queue = worker.queue
    guard let horizon = try await restore.horizon(session.target) else { return nil }
    self.horizon = horizon
  }

  /// Looks whether the batch was the one that brought the tables in line.
  ///
  /// - Throws: `PostgresError`.
  func settle(after batch: EventBatch) async throws {
    guard let horizon else { return }
    let rows = try await reader.query(
      """
      select txid_snapshot_xmin(t.tick_snapshot) from pgq.tick t
      join pgq.queue q on q.queue_id = t.tick_queue
      where q.queue_name = \(queue) and t.tick_id = \(batch.currentTick)
      """)
    guard let reached = try rows.first?.decode(0, as: Int64.self), reached >= horizon else { return }
    try await restore.finish(target)
    self.horizon = nil
  }
}
