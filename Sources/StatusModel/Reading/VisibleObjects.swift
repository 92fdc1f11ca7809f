import PostgresClient

/// What there is in the schemas, and what of that the role may use.
struct VisibleObjects: Sendable {
  private(set) var readable: Set<String> = []
  /// Relations that exist and that a snapshot would have liked to read.
  private(set) var unreadable: [String] = []
  private var functions: Set<String> = []
  private(set) var schemas: Set<String> = []

  /// Whether all these relations can be read, by their full names.
  func sees(_ names: String...) -> Bool { names.allSatisfy { readable.contains($0) } }

  /// Whether the function can be called, by its full name.
  func canCall(_ function: String) -> Bool { functions.contains(function) }

  /// Relations that snapshots are made from.
  private static let wanted: Set<String> = [
    "pgq.queue", "pgq.tick", "pgq.subscription", "pgq.consumer", "pgq.retry_queue", "pgq.ticker_sleep_seq",
    "pgq_coop.released_batch", "trunkline.installed_schema", "trunkline.capture", "trunkline.position",
    "trunkline.consumer_lease", "trunkline.member_lease", "trunkline.member_group", "trunkline.consumer_setting",
    "pgq_node.node_info", "pgq_node.local_state", "pgq_node.node_location", "pgq_node.subscriber_info",
    "londiste.table_info", "trunkline.set_copy", "trunkline.delayed_event", "trunkline.dead_event",
    "trunkline.parked_event",
    "trunkline.eviction",
  ]

  static func read(_ connection: PostgresConnection) async throws -> VisibleObjects {
    var visible = VisibleObjects()
    // Not by to_regclass(): that fails in schemas that the role may not use.
    let rows = try await connection.query(
      """
      select 'relation', n.nspname || '.' || c.relname,
             has_schema_privilege(n.oid, 'usage')
               and case c.relkind when 'S' then has_sequence_privilege(c.oid, 'select')
                   else has_table_privilege(c.oid, 'select') end
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('pgq', 'pgq_coop', 'pgq_node', 'londiste', 'trunkline') and c.relkind in ('r', 'p', 'v', 'S') and c.relname !~ '^event_'
      union all
      select 'function', n.nspname || '.' || p.proname,
             bool_and(has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'))
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'trunkline' and p.proname in ('capture_check', 'schema_fingerprint', 'rotation_blockers',
             'get_consumer_retention')
      group by 2
      union all
      select 'schema', nspname, has_schema_privilege(oid, 'usage') from pg_namespace
      where nspname in ('pgq', 'pgq_coop', 'pgq_ext', 'pgq_node', 'londiste', 'trunkline')
      order by 1, 2
      """)
    for row in rows {
      let (kind, name, isUsable) = try row.decode(String.self, String.self, Bool.self)
      switch kind {
      case "schema": visible.schemas.insert(name)
      case "function": if isUsable { visible.functions.insert(name) }
      default:
        if isUsable {
          visible.readable.insert(name)
        } else if wanted.contains(name) {
          visible.unreadable.append(name)
        }
      }
    }
    return visible
  }
}
