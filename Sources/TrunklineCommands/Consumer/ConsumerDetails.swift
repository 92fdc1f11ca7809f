import EventQueue
import PostgresClient

/// Everything about one consumer.
struct ConsumerDetails: Encodable {
  var status: ConsumerStatus
  var settings: [SettingValue]
  /// The process that works as this consumer, when it says.
  var holder: String?
  var lanes: [Lane]
  var members: [MemberStatus]

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
        lanes: try await lanes(consumer, of: queue, connection),
        members: try await MemberStatus.read(consumer, of: queue, connection))
    }
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

  private enum CodingKeys: CodingKey { case settings, holder, lanes, members }

  /// The members of the status and these, in one object.
  func encode(to encoder: any Encoder) throws {
    try status.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(settings, forKey: .settings)
    try container.encodeIfPresent(holder, forKey: .holder)
    try container.encode(lanes, forKey: .lanes)
    try container.encode(members, forKey: .members)
  }
}
