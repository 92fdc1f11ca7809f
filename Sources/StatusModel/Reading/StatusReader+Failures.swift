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
        from (select sub_queue, main_consumer from trunkline.parked_event limit \(raw: "\(Self.mostCounted)")) p
        join pgq.queue q on q.queue_id = p.sub_queue
        join pgq.consumer c on c.co_id = p.main_consumer
        group by 1, 2
        """)
      try count(rows, &snapshot) { $0.parked = $1 }
    }
  }

  /// What consumers keep from being removed, measured instead of estimated.
  func readRetention(_ snapshot: inout StatusSnapshot, _ visible: VisibleObjects) async throws {
    guard visible.canCall("trunkline.get_consumer_retention") else { return }
    let rows = try await connection.query(
      """
      select queue_name, consumer_name, extract(epoch from age)::float8, own_bytes
      from trunkline.get_consumer_retention()
      """)
    for row in rows {
      let (queue, name, waiting, bytes) = try row.decode(String.self, String.self, Double.self, Int64.self)
      guard let index = snapshot.consumers.firstIndex(where: { $0.queue == queue && $0.name == name }) else { continue }
      snapshot.consumers[index].waiting = waiting
      snapshot.consumers[index].retainedBytes = bytes
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
      let place = snapshot.consumers.firstIndex { $0.queue == queue && $0.name == name }
      // they stay when their consumer is unregistered
      if place == nil { snapshot.orphanedDeadEvents += number }
      guard let index = place else { continue }
      snapshot.consumers[index].deadEvents = number
      snapshot.consumers[index].lastDeadReason = reason.flatMap { $0 }
    }
  }

  func evictions(_ visible: VisibleObjects) async throws -> [EvictionSnapshot] {
    guard visible.sees("trunkline.eviction") else { return [] }
    return try await connection.query(
      """
      select queue, consumer, reason, events_estimate, extract(epoch from now() - evicted_at)::float8
      from trunkline.eviction order by 1, 2
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
