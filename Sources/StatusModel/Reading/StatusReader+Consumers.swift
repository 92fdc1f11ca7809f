import PostgresClient

extension StatusReader {
  /// One row of `pgq.subscription` with what belongs to it.
  struct Subscription {
    var queueID: Int
    var queue: String
    var id: Int
    var name: String
    var lastTick: Int64?
    var batch: Int64?
    var idle: Double
    var tickExists: Bool
    var lag: Double?
    var sequence: Int64?
    var transaction: Int64?
    var isPaused: Bool
    var isReleased: Bool
    var holder: String?
    var deadAfter: Double?
    var maximumAge: Double?
    var maximumBytes: Int64?
    var isEvicted: Bool
  }

  /// Consumers, members and lanes, and what they mean for rotation.
  func readConsumers(_ snapshot: inout StatusSnapshot, _ visible: VisibleObjects) async throws {
    let subscriptions = try await connection.query(PostgresQuery(Self.subscriptionQuery(visible)))
      .map(Self.subscription)
    let groups = ConsumerGroups(subscriptions)
    snapshot.consumers = groups.consumers(queues: snapshot.queues)
    let newest = try await newestTickTransactions()
    for index in snapshot.queues.indices {
      let queue = snapshot.queues[index]
      let positions = subscriptions.filter { $0.queueID == queue.id }.compactMap { one in
        one.lastTick.map { (name: one.name, tick: $0, transaction: one.transaction) }
      }
      snapshot.queues[index].rotation = RotationState.of(
        queue, positions: positions, newestTick: newest[queue.id],
        oldestTransaction: snapshot.server.oldestTransaction)
    }
  }

  private func newestTickTransactions() async throws -> [Int: Int64] {
    let rows = try await connection.query(
      """
      select q.queue_id, t.xmin
      from pgq.queue q
      cross join lateral (
          select txid_snapshot_xmin(tick_snapshot) as xmin from pgq.tick
          where tick_queue = q.queue_id order by tick_id desc limit 1) t
      """)
    return Dictionary(try rows.map { try $0.decode(Int.self, Int64.self) }) { $1 }
  }

  private static func subscriptionQuery(_ visible: VisibleObjects) -> String {
    // Tables that are missing, or not to be read, give nulls.
    func optional(_ table: String, _ join: String) -> String {
      visible.sees(table) ? "left join \(table) \(join)" : "left join (select) \(join.prefix { $0 != " " }) on false"
    }
    return """
      select q.queue_id, q.queue_name, s.sub_id, c.co_name, s.sub_last_tick, s.sub_batch,
             extract(epoch from clock_timestamp() - s.sub_active)::float8 as idle,
             t.tick_id is not null as tick_exists, extract(epoch from clock_timestamp() - t.tick_time)::float8 as lag,
             t.tick_event_seq, txid_snapshot_xmin(t.tick_snapshot) as xmin,
             coalesce((to_jsonb(s) ->> 'sub_paused')::bool, false) as paused,
             to_jsonb(rb) ->> 'sub_queue' is not null as released,
             coalesce(to_jsonb(ml) ->> 'holder', to_jsonb(cl) ->> 'holder') as holder,
             extract(epoch from (to_jsonb(mg) ->> 'dead_interval')::interval)::float8 as dead_after,
             extract(epoch from (to_jsonb(cs) ->> 'max_age')::interval)::float8 as max_age,
             (to_jsonb(cs) ->> 'max_bytes')::int8 as max_bytes,
             coalesce(to_jsonb(cs) ->> 'on_limit' = 'evict', false) as evicts
      from pgq.subscription s
      join pgq.queue q on q.queue_id = s.sub_queue
      join pgq.consumer c on c.co_id = s.sub_consumer
      left join pgq.tick t on t.tick_queue = s.sub_queue and t.tick_id = s.sub_last_tick
      \(optional("pgq_coop.released_batch", "rb on rb.sub_queue = s.sub_queue and rb.sub_consumer = s.sub_consumer"))
      \(optional("trunkline.member_lease", "ml on ml.sub_queue = s.sub_queue and ml.sub_consumer = s.sub_consumer"))
      \(optional("trunkline.consumer_lease", "cl on cl.queue_name = q.queue_name and cl.consumer_name = c.co_name"))
      \(optional("trunkline.member_group", "mg on mg.queue_name = q.queue_name and mg.consumer_name = c.co_name"))
      \(optional("trunkline.consumer_setting", "cs on cs.sub_queue = s.sub_queue and cs.sub_consumer = s.sub_consumer"))
      order by q.queue_name, c.co_name
      """
  }

  private static func subscription(_ row: PostgresRow) throws -> Subscription {
    Subscription(
      queueID: try row.decode("queue_id"), queue: try row.decode("queue_name"), id: try row.decode("sub_id"),
      name: try row.decode("co_name"), lastTick: try row.decode("sub_last_tick"), batch: try row.decode("sub_batch"),
      idle: try row.decode("idle"), tickExists: try row.decode("tick_exists"), lag: try row.decode("lag"),
      sequence: try row.decode("tick_event_seq"), transaction: try row.decode("xmin"),
      isPaused: try row.decode("paused"), isReleased: try row.decode("released"), holder: try row.decode("holder"),
      deadAfter: try row.decode("dead_after"), maximumAge: try row.decode("max_age"),
      maximumBytes: try row.decode("max_bytes"), isEvicted: try row.decode("evicts"))
  }
}
