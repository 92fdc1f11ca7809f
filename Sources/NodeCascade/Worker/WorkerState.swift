package import PostgresClient

/// What a node's database says to the node's worker.
package struct WorkerState: Sendable, Equatable {
  package var type: NodeType
  /// The node, and the consumer that the worker is.
  package var node: String, worker: String
  /// The tick up to which everything is here.
  package var completedTick: Int64
  /// The node to read from, and how to reach it.
  package var provider: String, providerLocation: String?
  /// What an administrator asked for, and whether the worker has answered.
  package var isPaused = false, isUpToDate = false
  /// The lowest tick that is needed here and below, and the newest tick of the node's queue; none on a leaf.
  package var localWatermark: Int64?, newestTick: Int64?
  /// The queue that a merging leaf fills, and what this database is for that one.
  package var combinedQueue: String?, combinedType: NodeType?
  /// The tick before which no node needs anything, as far as this node knows; none on a leaf.
  package var globalWatermark: Int64?
  package var attributes = NodeAttributes()
  /// The claim of the process that works for the node now, see `trunkline.claim_node()`.
  package var lease: Int64?

  package init(
    type: NodeType, node: String, worker: String, completedTick: Int64, provider: String, providerLocation: String?
  ) {
    self.type = type
    self.node = node
    self.worker = worker
    self.completedTick = completedTick
    self.provider = provider
    self.providerLocation = providerLocation
  }

  /// Asks the node's database for what a worker looks at between batches: not for watermarks and ticks.
  ///
  /// - Throws: as ``read(_:_:)``.
  package static func glance(_ queue: String, _ connection: PostgresConnection) async throws -> WorkerState {
    let query: PostgresQuery = """
      select n.node_type, n.node_name, n.worker_name, s.last_tick_id, s.provider_node, l.node_location, s.paused, s.uptodate,
             null::int8, null::int8, n.combined_queue, c.node_type, n.node_attrs, null::int8, w.lease
      from pgq_node.node_info n
      join pgq_node.local_state s on s.queue_name = n.queue_name and s.consumer_name = n.worker_name
      left join pgq_node.node_location l on l.queue_name = s.queue_name and l.node_name = s.provider_node
      left join pgq_node.node_info c on c.queue_name = n.combined_queue
      left join trunkline.node_lease w on w.queue_name = n.queue_name
      where n.queue_name = \(queue)
      """
    return try decode(try await connection.query(query.prepared()).first, queue)
  }

  /// Asks the node's database.
  ///
  /// - Throws: ``CascadeError`` when it is no node of the queue; `PostgresError`.
  package static func read(_ queue: String, _ connection: PostgresConnection) async throws -> WorkerState {
    let query: PostgresQuery = """
      select s.node_type, s.node_name, s.worker_name, s.completed_tick, s.provider_node, s.provider_location, s.paused,
             s.uptodate, s.local_watermark, s.local_queue_top, s.combined_queue, s.combined_type, i.node_attrs,
             s.global_watermark, (select l.lease from trunkline.node_lease l where l.queue_name = i.queue_name)
      from pgq_node.get_worker_state(\(queue)) s
      join pgq_node.node_info i on i.queue_name = \(queue)
      where s.ret_code < 400
      """
    return try decode(try await connection.query(query.prepared()).first, queue)
  }

  private static func decode(_ row: PostgresRow?, _ queue: String) throws -> WorkerState {
    guard let row else {
      throw CascadeError(
        "this database is no node of queue \"\(queue)\"",
        hint: "make it one: trunkline node create-root, create-branch, create-leaf")
    }
    guard let type = NodeType(rawValue: try row.decode(0)) else {
      throw PostgresError(.decoding, "unknown type of node: \(try row.decode(0, as: String.self))")
    }
    var state = WorkerState(
      type: type, node: try row.decode(1), worker: try row.decode(2), completedTick: try row.decode(3),
      provider: try row.decode(4), providerLocation: try row.decode(5))
    state.isPaused = try row.decode(6)
    state.isUpToDate = try row.decode(7)
    state.localWatermark = try row.decode(8)
    state.newestTick = try row.decode(9)
    state.combinedQueue = try row.decode(10)
    state.combinedType = try row.decode(11, as: String?.self).flatMap(NodeType.init)
    state.attributes = NodeAttributes(encoded: try row.decode(12))
    state.globalWatermark = try row.decode(13)
    state.lease = try row.decode(14)
    return state
  }
}
