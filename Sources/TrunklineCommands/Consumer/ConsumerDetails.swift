import EventQueue
import PostgresClient

/// Everything about one consumer.
struct ConsumerDetails: Encodable {
  var status: ConsumerStatus
  var settings: [SettingValue]
  /// The process that works as this consumer, when it says.
  var holder: String?
  /// What trunkline.receive() handed out since the consumer was registered.
  var received: Received
  /// Dead letters that wait for somebody, at most 1000.
  var deadLetters: Int
  var lanes: [Lane]
  var members: [MemberStatus]

  /// Numbers of events.
  struct Received: Encodable {
    var acknowledged: Int64
    /// Failures that were followed by another delivery.
    var retried: Int64
    var dead: Int64
    /// Older than the queue's ttl when their turn came.
    var expired: Int64
    /// Until when events that are out now stay with their receiver, in the server's words.
    var leaseUntil: String?
  }

  /// One of the parts of an ordered consumer; each has a position of its own.
  struct Lane: Encodable {
    var lane: Int
    var lastTick: Int64?
    /// Seconds.
    var lag: Double?
    var pendingEvents: Int64?
  }

  /// Reads it all in one snapshot.
  static func read(
    _ consumer: String, of queue: String, _ connection: PostgresConnection
  ) async throws -> ConsumerDetails {
    let options = PostgresTransactionOptions(isolation: .repeatableRead, isReadOnly: true)
    return try await connection.transaction(options) { connection in
      // Says what happened to a consumer that was evicted.
      let settings = try await SettingValue.read(
        "select setting, value, is_default from trunkline.get_consumer_settings(\(queue), \(consumer)) order by 1",
        connection)
      guard let status = try await ConsumerStatus.read(queue, connection).first(where: { $0.consumer == consumer })
      else { throw CommandError.noConsumer(consumer, queue) }
      let lease = try await connection.query(
        "select holder from trunkline.consumer_lease where queue_name = \(queue) and consumer_name = \(consumer)")
      return ConsumerDetails(
        status: status, settings: settings, holder: try lease.first?.decode(0),
        received: try await received(consumer, of: queue, connection),
        deadLetters: try await connection.query(
          "select count(*) from trunkline.list_dead(\(queue), \(consumer), 1000)"
        ).first?.decode(0) ?? 0,
        lanes: try await lanes(consumer, of: queue, connection),
        members: try await MemberStatus.read(consumer, of: queue, connection))
    }
  }

  private static func received(
    _ consumer: String, of queue: String, _ connection: PostgresConnection
  ) async throws -> Received {
    let row = try await connection.query(
      """
      select coalesce(sum(d.acked_total), 0)::int8, coalesce(sum(d.retried_total), 0)::int8,
             coalesce(sum(d.dead_total), 0)::int8, coalesce(sum(d.expired_total), 0)::int8,
             max(d.lease_until) filter (
               where (d.upto_id is not null or d.parked is not null) and d.lease_until <> '-infinity')
      from trunkline.delivery d
      join pgq.queue q on q.queue_id = d.sub_queue
      join pgq.consumer c on c.co_id = d.main_consumer
      where q.queue_name = \(queue) and c.co_name = \(consumer)
      """
    ).first
    return Received(
      acknowledged: try row?.decode(0) ?? 0, retried: try row?.decode(1) ?? 0, dead: try row?.decode(2) ?? 0,
      expired: try row?.decode(3) ?? 0, leaseUntil: try row?.decode(4))
  }

  private static func lanes(
    _ consumer: String, of queue: String, _ connection: PostgresConnection
  ) async throws -> [Lane] {
    let rows = try await connection.query(
      """
      select case consumer_name when \(consumer) then 0 else substr(consumer_name, length(\(consumer)) + 7)::int end,
             last_tick, extract(epoch from lag)::float8, pending_events
      from pgq.get_consumer_info(\(queue), null)
      where consumer_name = \(consumer)
         or starts_with(consumer_name, \(consumer) || '.lane-')
            and substr(consumer_name, length(\(consumer)) + 7) ~ '^[0-9]{1,6}$'
      order by 1
      """)
    guard rows.count > 1 else { return [] }
    return try rows.map { row in
      Lane(
        lane: try row.decode(0), lastTick: try row.decode(1), lag: try row.decode(2), pendingEvents: try row.decode(3))
    }
  }

  private enum CodingKeys: CodingKey { case settings, holder, received, deadLetters, lanes, members }

  /// The members of the status and these, in one object.
  func encode(to encoder: any Encoder) throws {
    try status.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(settings, forKey: .settings)
    try container.encodeIfPresent(holder, forKey: .holder)
    try container.encode(received, forKey: .received)
    try container.encode(deadLetters, forKey: .deadLetters)
    try container.encode(lanes, forKey: .lanes)
    try container.encode(members, forKey: .members)
  }
}
