import EventFormats
import PostgresClient

/// A local table of a set, with its copy, as the node's database has them.
struct SetCopy: Sendable, Equatable {
  /// Where a copy comes from, and under which name its changes are followed there.
  struct Record: Sendable, Equatable {
    var node: String
    var origin: String
    var consumer: String
  }

  /// The name in the set.
  var table: String
  /// The table here.
  var destination: QualifiedName
  /// `londiste.table_info.merge_state`.
  var state: String?
  var attributes: String?
  /// What an original worker left to be compared with.
  var snapshot: String?
  /// What it has to do where several sources fill one table, and how many of them come first.
  var role: String?, rank = 0
  var record: Record?
  /// The tick up to which the copy is followed, once it has a position.
  var tick: Int64?
  /// What the copy saw first, once all rows are there.
  var copied: String?
  /// Whether everything that the copy saw is behind ``tick``.
  var isInSync = false

  /// Whether the worker applies the table.
  var isReady: Bool { state == "ok" || state == "?" }

  /// Whether it is to be copied, or is being copied; by an original worker, perhaps, whose work is begun anew.
  var isCopying: Bool { state == "in-copy" || isFollowing }

  /// Whether the rows are there, as the state says.
  var isFollowing: Bool {
    guard let state else { return false }
    return state == "catching-up" || state.hasPrefix("wanna-sync") || state.hasPrefix("do-sync")
  }

  /// Reads the local tables of a set.
  ///
  /// - Parameter table: only this one.
  /// - Throws: `PostgresError`.
  static func read(_ queue: String, table: String? = nil, _ local: PostgresConnection) async throws -> [SetCopy] {
    let query: PostgresQuery = """
      select t.table_name, coalesce(t.dest_table, t.table_name), t.merge_state, t.table_attrs, t.custom_snapshot,
             r.copy_role, r.copy_pos, c.node_name, c.origin_id, c.consumer_name, p.last_tick, k.snapshot,
             k.snapshot is not null and k.sync_snapshot is null
      from londiste.table_info t
      left join lateral londiste._coordinate_copy(t.queue_name, t.table_name) r on t.merge_state <> 'ok'
      left join trunkline.set_copy c on c.queue_name = \(queue) and c.table_name = t.table_name
      left join trunkline.position p
        on p.origin_id = c.origin_id and p.queue_name = c.queue_name and p.consumer_name = c.consumer_name
      left join trunkline.copied_table k
        on k.origin_id = c.origin_id and k.queue_name = c.queue_name and k.consumer_name = c.consumer_name
      where t.queue_name = \(queue) and t.local and t.table_name = coalesce(\(table), t.table_name)
      order by t.nr, t.table_name
      """
    return try await local.query(query.prepared()).map { row in
      var copy = SetCopy(
        table: try row.decode(0), destination: try QualifiedName(unquoted: row.decode(1, as: String.self)))
      copy.state = try row.decode(2)
      copy.attributes = try row.decode(3)
      copy.snapshot = try row.decode(4)
      copy.role = try row.decode(5)
      copy.rank = try row.decode(6, as: Int?.self) ?? 0
      if let node = try row.decode(7, as: String?.self) {
        copy.record = Record(node: node, origin: try row.decode(8), consumer: try row.decode(9))
      }
      copy.tick = try row.decode(10)
      copy.copied = try row.decode(11)
      copy.isInSync = try row.decode(12, as: Bool?.self) ?? false
      return copy
    }
  }

  /// Copies that were begun and whose table is not to be copied any more: it is taken over, or was removed.
  ///
  /// - Throws: `PostgresError`.
  static func left(_ queue: String, _ local: PostgresConnection) async throws -> [String] {
    let query: PostgresQuery = """
      select c.table_name from trunkline.set_copy c
      where c.queue_name = \(queue) and not exists (
        select 1 from londiste.table_info t
        where t.queue_name = c.queue_name and t.table_name = c.table_name and t.local
          and t.merge_state is distinct from 'ok')
      """
    return try await local.query(query.prepared()).map { try $0.decode(0) }
  }
}
