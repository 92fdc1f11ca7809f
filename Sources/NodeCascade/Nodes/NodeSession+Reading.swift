import PostgresClient

extension NodeSession {
  /// What the node says about itself; `nil` when this database is no node of the queue.
  ///
  /// - Throws: `PostgresError`.
  func read() async throws -> NodeState? {
    let rows = try await connection.query(
      """
      select n.node_type, n.node_name, n.provider_node, n.worker_name, coalesce(n.worker_last_tick, 0), n.worker_paused,
             n.worker_uptodate, n.global_watermark, n.local_watermark, n.combined_queue,
             coalesce(n.target_for, '{}'), n.node_attrs, (select s.cur_error from pgq_node.local_state s
                 where s.queue_name = \(queue) and s.consumer_name = n.worker_name)
      from pgq_node.get_node_info(\(queue)) n
      where n.ret_code < 400
      """)
    guard let row = rows.first else { return nil }
    guard let type = NodeType(rawValue: try row.decode(0)) else {
      throw PostgresError(.decoding, "unknown type of node: \(try row.decode(0, as: String.self))")
    }
    var state = NodeState(
      name: try row.decode(1), type: type, provider: try row.decode(2, as: String?.self) ?? "",
      worker: .init(
        name: try row.decode(3), tick: try row.decode(4), isPaused: try row.decode(5, as: Bool?.self) ?? false,
        isUpToDate: try row.decode(6, as: Bool?.self) ?? false, error: try row.decode(12)))
    state.globalWatermark = try row.decode(7)
    state.localWatermark = try row.decode(8)
    state.combinedQueue = try row.decode(9)
    state.mergedQueues = try row.decode(10)
    state.attributes = try row.decode(11)
    state.members = try await connection.query(
      "select node_name, node_location, dead from pgq_node.get_queue_locations(\(queue)) order by 1"
    ).map { NodeLocation(name: try $0.decode(0), connectionString: try $0.decode(1), isDead: try $0.decode(2)) }
    if type != .leaf {
      try await readQueue(&state)
      state.subscribers = try await readSubscribers()
      state.gravestones = try await readGravestones()
    }
    state.tables = try await readTables()
    if !state.mergedQueues.isEmpty { state.merges = try await readMerges() }
    return state
  }

  private func readQueue(_ state: inout NodeState) async throws {
    // A node of the original knows no such state.
    let knowsClosing: Bool =
      try await connection.query("select pg_catalog.to_regprocedure('pgq._is_closed(text)') is not null").first?
      .decode(0) ?? false
    let isClosed = knowsClosing ? "pgq._is_closed(q.queue_name)" : "null::bool"
    guard
      let row = try await connection.query(
        """
        select q.queue_disable_insert, \(raw: isClosed), t.tick_id,
               extract(epoch from now() - t.tick_time)::float8,
               coalesce(pg_sequence_last_value(q.queue_event_seq::regclass), 0) <= t.tick_event_seq
        from pgq.queue q
        left join lateral (select * from pgq.tick where tick_queue = q.queue_id order by tick_id desc limit 1) t on true
        where q.queue_name = \(queue)
        """
      ).first
    else { return }
    state.refusesInserts = try row.decode(0)
    state.isClosed = try row.decode(1, as: Bool?.self) ?? false
    state.newestTick = try row.decode(2)
    state.newestTickAge = try row.decode(3)
    state.endsWithTick = try row.decode(4, as: Bool?.self) ?? false
  }

  private func readSubscribers() async throws -> [NodeState.Subscriber] {
    try await connection.query(
      """
      select s.node_name, s.worker_name, c.last_tick, s.node_watermark, extract(epoch from c.last_seen)::float8,
             extract(epoch from c.lag)::float8
      from pgq_node.get_subscriber_info(\(queue)) s
      left join pgq.get_consumer_info(\(queue), null) c on c.consumer_name = s.worker_name
      order by 1
      """
    ).map { row in
      .init(
        node: try row.decode(0), worker: try row.decode(1), workerTick: try row.decode(2), watermark: try row.decode(3),
        lastSeen: try row.decode(4), lag: try row.decode(5))
    }
  }

  private func readGravestones() async throws -> [String: Int64] {
    let suffix = NodeState.gravestoneSuffix
    let rows = try await connection.query(
      """
      select left(consumer_name, -length(\(suffix))), last_tick from pgq.get_consumer_info(\(queue), null)
      where right(consumer_name, length(\(suffix))) = \(suffix)
      """)
    var gravestones: [String: Int64] = [:]
    for row in rows { gravestones[try row.decode(0)] = try row.decode(1, as: Int64.self) }
    return gravestones
  }

  private func readTables() async throws -> NodeState.Tables? {
    guard
      let row = try await connection.query(
        """
        select count(*) filter (where local and merge_state = 'ok'),
               count(*) filter (where local and merge_state is distinct from 'ok'), count(*) filter (where not local),
               coalesce((array_agg(table_name order by nr) filter (where local and merge_state is distinct from 'ok'))[:100], '{}'),
               coalesce((array_agg(table_name order by nr) filter (where not local))[:100], '{}')
        from londiste.table_info where queue_name = \(queue) having count(*) > 0
        """
      ).first
    else { return nil }
    var tables = NodeState.Tables()
    (tables.inSync, tables.copying, tables.ignored) = try row.decode(Int.self, Int.self, Int.self)
    tables.copyingNames = try row.decode(3)
    tables.ignoredNames = try row.decode(4)
    return tables
  }

  private func readMerges() async throws -> [NodeState.Merge] {
    try await connection.query(
      """
      select n.queue_name, n.worker_name, s.last_tick_id, s.paused, s.uptodate, s.cur_error
      from pgq_node.node_info n
      join pgq_node.local_state s on s.queue_name = n.queue_name and s.consumer_name = n.worker_name
      where n.combined_queue = \(queue) order by 1
      """
    ).map { row in
      .init(
        queue: try row.decode(0),
        worker: .init(
          name: try row.decode(1), tick: try row.decode(2), isPaused: try row.decode(3), isUpToDate: try row.decode(4),
          error: try row.decode(5)))
    }
  }
}
