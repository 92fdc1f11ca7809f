import PostgresClient

extension StatusReader {
  /// Counts are cut off: a look must stay cheap when there are millions.
  private static let mostCounted = 100_000

  func readRetries(_ snapshot: inout StatusSnapshot, _ visible: VisibleObjects) async throws {
    if visible.sees("pgq.retry_queue") {
      // by owner, through the primary key
      let rows = try await connection.query(
        """
        select q.queue_name, c.co_name, n.number
        from pgq.subscription s
        join pgq.queue q on q.queue_id = s.sub_queue
        join pgq.consumer c on c.co_id = s.sub_consumer
        cross join lateral (
            select count(*) as number
            from (select 1 from pgq.retry_queue r where r.ev_owner = s.sub_id limit \(raw: "\(Self.mostCounted)")) x) n
        where n.number > 0
        """)
      try count(rows, &snapshot) { $0.retries = $1 }
    }
    if visible.sees("trunkline.parked_event") {
      let rows = try await connection.query(
        """
        select q.queue_name, c.co_name, count(*)
        from (select to_jsonb(p) as row from trunkline.parked_event p limit \(raw: "\(Self.mostCounted)")) p
        join pgq.subscription s on s.sub_queue::text = p.row ->> 'sub_queue' and s.sub_id::text = p.row ->> 'sub_id'
        join pgq.queue q on q.queue_id = s.sub_queue
        join pgq.consumer c on c.co_id = s.sub_consumer
        group by 1, 2
        """)
      try count(rows, &snapshot) { $0.parked = $1 }
    }
  }

  func readDeadLetters(_ snapshot: inout StatusSnapshot, _ visible: VisibleObjects) async throws {
    guard visible.sees("trunkline.dead_event") else { return }
    let rows = try await connection.query(
      """
      select q.queue_name, d.consumer_name, count(*), max(d.dead_id)
      from (select queue_id, consumer_name, dead_id from trunkline.dead_event limit \(raw: "\(Self.mostCounted)")) d
      join pgq.queue q on q.queue_id = d.queue_id
      group by 1, 2
      """)
    for row in rows {
      let (queue, name, number, newest) = try row.decode(String.self, String.self, Int64.self, Int64.self)
      let reason = try await connection.query("select reason from trunkline.dead_event where dead_id = \(newest)")
        .first?.decode(0, as: String?.self)
      guard let index = snapshot.consumers.firstIndex(where: { $0.queue == queue && $0.name == name }) else { continue }
      snapshot.consumers[index].deadEvents = number
      snapshot.consumers[index].lastDeadReason = reason.flatMap { $0 }
    }
  }

  func evictions(_ visible: VisibleObjects) async throws -> [EvictionSnapshot] {
    guard visible.sees("trunkline.eviction") else { return [] }
    return try await connection.query(
      """
      select queue, consumer, reason, events_estimate, extract(epoch from now() - evicted_at)::float8
      from (select to_jsonb(e) ->> 'queue' as queue, to_jsonb(e) ->> 'consumer' as consumer, e.reason::text,
                   e.events_estimate::int8, e.evicted_at
            from trunkline.eviction e) e
      where queue is not null and consumer is not null
      order by 1, 2
      """
    ).map { row in
      EvictionSnapshot(
        queue: try row.decode(0), consumer: try row.decode(1), reason: try row.decode(2), events: try row.decode(3),
        age: try row.decode(4))
    }
  }

  /// Rows may name members and lanes; what they have belongs to their consumer.
  private func count(
    _ rows: PostgresResult, _ snapshot: inout StatusSnapshot, _ set: (inout ConsumerSnapshot, Int64) -> Void
  ) throws {
    for row in rows {
      let (queue, name, number) = try row.decode(String.self, String.self, Int64.self)
      guard let index = snapshot.consumers.firstIndex(where: { $0.queue == queue && $0.name == name }) else { continue }
      set(&snapshot.consumers[index], number)
    }
  }
}
