import EventFormats
package import EventQueue
package import Logging
package import PostgresClient

/// Applies batches to the tables of one target, each in one transaction together with the position.
package actor BatchApplier {
  private let target: PostgresConnection
  private let position: TransferPosition
  private let applier: TableApplier
  private let logger: Logger
  private var copied: [(table: String, snapshot: String)]?
  private var feed: LoadFeed?
  private var parksBadEvents = false
  private var conflicts: ConflictFilter?

  package init(
    position: TransferPosition, checksForeignKeys: Bool, slices: BatchSlice.Limit = BatchSlice.Limit(), logger: Logger
  ) {
    self.target = position.connection
    self.position = position
    self.logger = logger
    applier = TableApplier(
      target: position.connection, checksForeignKeys: checksForeignKeys, queue: position.queue,
      consumer: position.consumer, slices: slices)
  }

  /// Makes the applier take its batches from a feed, which puts them into the staging table.
  func feed(from feed: LoadFeed, parksBadEvents: Bool) {
    self.feed = feed
    self.parksBadEvents = parksBadEvents
  }

  /// Makes the applier look for conflicts.
  func decide(_ policies: ConflictPolicies) async {
    conflicts = policies.isEmpty ? nil : ConflictFilter(policies, ApplyPlace(position), logger)
    await applier.decide(by: conflicts)
  }

  /// Applies a batch, reading its events from `source`. When this throws, nothing of the batch is in the target.
  ///
  /// First all at once; if that meets a conflict inside the batch, in slower ways, of which the last finds the event at
  /// fault.
  ///
  /// - Throws: ``ApplyError``; `PostgresError` for lost connections, leases and everything that may pass by itself.
  package func apply(_ batch: EventBatch, from source: PostgresConnection) async throws -> TransferOutcome {
    do {
      try await applier.dropNets()
      let isStreamed = feed == nil && conflicts == nil && batch.estimatedEvents >= TableApplier.Way.streamedEvents
      return try await BatchFailure.trying(TableApplier.Way.all(streaming: isStreamed), batch, logger) { way in
        try await attempt(batch, from: source, way)
      }
    } catch var error as ApplyError {
      error.queue = position.queue
      error.ticks = (batch.previousTick, batch.currentTick)
      throw error
    } catch let error as PostgresError where error.needsMending {
      var located = try await BatchFailure.locate(error, batch, source)
      located.queue = position.queue
      located.ticks = (batch.previousTick, batch.currentTick)
      throw located
    }
  }

  private func attempt(
    _ batch: EventBatch, from source: PostgresConnection, _ way: TableApplier.Way
  ) async throws -> TransferOutcome {
    var work = TableApplier.Work(batch)
    work.feed = feed
    work.parksBadEvents = parksBadEvents
    work.copied = try await copiedTables()
    do {
      let outcome = try await position.transaction(batch) { [applier, work] _ in
        try await applier.apply(work, from: source, way)
      }
      await applier.committed()
      return outcome ?? TransferOutcome(wasApplied: true)
    } catch {
      await applier.rolledBack()
      throw error
    }
  }

  /// The tables that were filled by a copy, and what it saw of the source.
  private func copiedTables() async throws -> [(table: String, snapshot: String)] {
    if let known = copied { return known }
    let rows = try await target.query(
      """
      select schema_name || '.' || table_name, snapshot from trunkline.copied_table
      where origin_id = \(position.origin)::uuid and queue_name = \(position.queue)
        and consumer_name = \(position.consumer)
      """)
    let fresh = try rows.map { row in
      let (table, snapshot) = try row.decode(String.self, String.self)
      return (table: table, snapshot: snapshot)
    }
    copied = fresh
    return fresh
  }
}
