import EventQueue
import PostgresClient

/// Everything about one queue.
struct QueueDetails: Encodable {
  var status: QueueStatus
  var isExternalTicker: Bool
  /// When the event tables were rotated last, in the server's words.
  var rotatedAt: String
  var settings: [SettingValue]
  var tables: [EventTable]
  var consumers: [ConsumerStatus]
  /// Nil for roles that may not know.
  var delayed: Delayed?
  var grants: [Grant]

  /// One of the tables that rotate.
  struct EventTable: Encodable {
    var slot: Int
    var table: String
    var bytes: Int64
    /// Whether producers write into it now.
    var isCurrent: Bool
  }

  /// Events that wait for their time.
  struct Delayed: Encodable {
    var events: Int64
    /// When the first of them is due, in the server's words.
    var next: String?
  }

  struct Grant: Encodable {
    var role: String
    var privileges: [String]
  }

  private enum CodingKeys: CodingKey {
    case isExternalTicker, rotatedAt, settings, tables, consumers, delayed, grants
  }

  /// The members of the status and these, in one object; the list of consumers takes the place of their number.
  func encode(to encoder: any Encoder) throws {
    try status.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(isExternalTicker, forKey: .isExternalTicker)
    try container.encode(rotatedAt, forKey: .rotatedAt)
    try container.encode(settings, forKey: .settings)
    try container.encode(tables, forKey: .tables)
    try container.encode(consumers, forKey: .consumers)
    try container.encodeIfPresent(delayed, forKey: .delayed)
    try container.encode(grants, forKey: .grants)
  }

  /// Reads it all in one snapshot.
  static func read(_ queue: String, _ connection: PostgresConnection) async throws -> QueueDetails {
    let options = PostgresTransactionOptions(isolation: .repeatableRead, isReadOnly: true)
    return try await connection.transaction(options) { connection in
      guard let status = try await QueueStatus.read(queue, connection).first,
        let row = try await connection.query(
          "select queue_external_ticker, queue_switch_time from pgq.get_queue_info(\(queue))"
        ).first
      else { throw CommandError.noQueue(queue) }
      return QueueDetails(
        status: status, isExternalTicker: try row.decode(0), rotatedAt: try row.decode(1),
        settings: try await SettingValue.read(
          "select setting, value, is_default from trunkline.get_queue_settings(\(queue)) order by 1", connection),
        tables: try await tables(queue, connection),
        consumers: try await ConsumerStatus.read(queue, connection),
        delayed: try await delayed(queue, connection),
        grants: try await grants(queue, connection))
    }
  }

  private static func tables(_ queue: String, _ connection: PostgresConnection) async throws -> [EventTable] {
    try await connection.query(
      """
      select n.slot, q.queue_data_pfx || '_' || n.slot,
             pg_total_relation_size((q.queue_data_pfx || '_' || n.slot)::regclass), n.slot = q.queue_cur_table
      from pgq.queue q cross join lateral generate_series(0, q.queue_ntables - 1) n (slot)
      where q.queue_name = \(queue)
      order by 1
      """
    ).map { row in
      EventTable(
        slot: try row.decode(0), table: try row.decode(1), bytes: try row.decode(2), isCurrent: try row.decode(3))
    }
  }

  /// Nil for roles that may not consume from the queue.
  private static func delayed(_ queue: String, _ connection: PostgresConnection) async throws -> Delayed? {
    do {
      return try await connection.savepoint { connection in
        let row = try await connection.query(
          "select count(*), min(deliver_at) from trunkline.list_delayed(\(queue), null)"
        ).first
        return Delayed(events: try row?.decode(0) ?? 0, next: try row?.decode(1))
      }
    } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
      return nil
    }
  }

  private static func grants(_ queue: String, _ connection: PostgresConnection) async throws -> [Grant] {
    try await connection.query(
      """
      select g.role, array_agg(g.privilege order by g.privilege)
      from trunkline.queue_grant g join pgq.queue q using (queue_id)
      where q.queue_name = \(queue)
      group by 1 order by 1
      """
    ).map { Grant(role: try $0.decode(0), privileges: try $0.decode(1)) }
  }
}
