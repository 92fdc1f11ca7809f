import EventQueue
import PostgresClient

/// A queue, what it takes up, and who holds it back.
struct QueueExtent: Encodable {
  var status: QueueStatus
  /// Of all its event tables, indexes included.
  var bytes: Int64
  /// Seconds since the oldest tick that is kept.
  var oldestTick: Double?
  var slowestConsumer: String?
  /// Seconds.
  var slowestLag: Double?

  private enum CodingKeys: CodingKey { case bytes, oldestTick, slowestConsumer, slowestLag }

  /// The members of the status and these, in one object.
  func encode(to encoder: any Encoder) throws {
    try status.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(bytes, forKey: .bytes)
    try container.encodeIfPresent(oldestTick, forKey: .oldestTick)
    try container.encodeIfPresent(slowestConsumer, forKey: .slowestConsumer)
    try container.encodeIfPresent(slowestLag, forKey: .slowestLag)
  }

  static func read(_ connection: PostgresConnection) async throws -> [QueueExtent] {
    let statuses = try await QueueStatus.read(nil, connection)
    let rows = try await connection.query(
      """
      select q.queue_name,
             (select sum(pg_total_relation_size((q.queue_data_pfx || '_' || n)::regclass))
              from generate_series(0, q.queue_ntables - 1) n)::int8,
             (select extract(epoch from now() - min(t.tick_time)) from pgq.tick t where t.tick_queue = q.queue_id)::float8,
             c.consumer_name, extract(epoch from c.lag)::float8
      from pgq.queue q
      left join lateral (
          select i.consumer_name, i.lag from pgq.get_consumer_info(q.queue_name) i order by i.lag desc nulls last limit 1
      ) c on true
      """)
    var extents: [String: QueueExtent] = [:]
    for row in rows {
      let name: String = try row.decode(0)
      guard let status = statuses.first(where: { $0.queue == name }) else { continue }
      extents[name] = QueueExtent(
        status: status, bytes: try row.decode(1), oldestTick: try row.decode(2), slowestConsumer: try row.decode(3),
        slowestLag: try row.decode(4))
    }
    return statuses.compactMap { extents[$0.queue] }
  }
}
