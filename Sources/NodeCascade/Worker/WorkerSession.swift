import EventFormats
package import EventQueue
package import PostgresClient

/// What the work on a node's batches needs, from the connection to the provider to its end.
package struct WorkerSession: Sendable {
  package let queue: String
  /// What the node was when the session began.
  package let state: WorkerState
  package let assignment: NodeDuty.Assignment
  /// The node's database: the connection on which batches are brought in.
  package let local: PostgresConnection
  /// Reads events at the provider.
  package let reader: PostgresConnection
  /// How to connect to both, for work beside the worker.
  package let localConfiguration: PostgresConfiguration, providerConfiguration: PostgresConfiguration
  /// What is added to the connection strings of other nodes.
  package let remoteOptions: String
  let lease: Int64

  /// Runs `body` in one transaction of the node's database with the node's move over the batch.
  ///
  /// - Returns: what `body` returned; `nil` without calling it when the node has the batch already.
  /// - Throws: what `body` throws; `PostgresError`, SQLSTATE TL001 when another worker claimed the node. Then nothing of
  ///   the batch is in the database.
  package func transaction<Value: Sendable>(
    _ node: NodeBatch, isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value? {
    try await local.transaction { local in
      // Tables grow: an index scan must not be kept out by a plan from before.
      let advance: PostgresQuery = """
        select trunkline.advance_node(\(queue), \(lease), \(node.batch.previousTick), \(node.batch.currentTick),
            \(node.batch.currentTickTime)::timestamptz, \(node.eventSequence)),
          set_config('plan_cache_mode', 'force_custom_plan', true)
        """
      guard try await local.query(advance.prepared()).first?.decode(0, as: Bool.self) == true else { return nil }
      return try await body(local)
    }
  }

  /// A batch as ``copyEvents(_:except:others:)`` has left it in the node's database until the open transaction ends.
  package static func copied(_ batch: EventBatch) -> EventBatch {
    var copied = batch
    copied.sql = """
      select ev_id, ev_time, ev_txid, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4
      from pg_temp.trunkline_node_events order by 1
      """
    return copied
  }

  /// Copies the events of a batch into the node's own queue, or into the combined queue that it fills, as part of the open
  /// transaction.
  ///
  /// - Parameters:
  ///   - tables: names in ev_extra1 whose events are left out.
  ///   - others: gives other events in their place, as COPY text with the columns that follow here, to the function that it
  ///     is called with; returns their number.
  /// - Returns: the number of events.
  /// - Throws: what `others` throws; `PostgresError` of either side.
  package func copyEvents(
    _ node: NodeBatch, except tables: [String] = [],
    others: (@Sendable ([UInt8]) async throws -> Void) async throws -> Int = { _ in 0 }
  ) async throws -> Int {
    let stage: PostgresQuery = "select trunkline.stage_node_events()"
    try await local.query(stage.prepared())
    let fields = "ev_id, ev_time, ev_retry, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4"
    let columns = "\(fields), ev_txid"
    func copyIn(_ columns: String) -> String { "copy pg_temp.trunkline_node_events (\(columns)) from stdin" }
    let names = tables.map(SQLLiteral.quote).joined(separator: ", ")
    let condition = tables.isEmpty ? "" : " where ev_extra1 is null or ev_extra1 not in (\(names))"
    var copied = try await CopyPipe.run(
      reader, "copy (select \(columns) from (\(node.batch.sql)) b\(condition)) to stdout", local, copyIn(columns))
    copied += try await others { [local, copyIn = copyIn(fields)] bytes in
      _ = try await local.copyIn(copyIn) { try await $0.write(bytes) }
    }
    if case .merging(let combined) = assignment.role {
      let insert: PostgresQuery =
        "select trunkline.insert_merged_events(\(queue), \(lease), \(combined), \(node.batch.currentTick))"
      try await local.query(insert.prepared())
    } else if copied > 0 {
      let insert: PostgresQuery = "select trunkline.insert_node_events(\(queue), \(lease))"
      try await local.query(insert.prepared())
    }
    return copied
  }
}
