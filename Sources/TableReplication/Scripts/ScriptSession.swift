import PostgresClient
import ServiceRuntime

/// The session while a script runs: triggers that log are silent, and afterwards everything is as before.
struct ScriptSession: Sendable {
  private let queue: String
  private let settings: [String: String]
  private let role: String
  private let replicationRole: String
  /// Whether triggers that log are silent; who may not ask for that must not change rows.
  private let isSilent: Bool
  private let captures: [String: String]

  static func begin(queue: String, _ connection: PostgresConnection) async throws -> ScriptSession {
    let (role, replicationRole) = try await read(connection)
    let settings = try await settings(connection)
    let captures = try await captures(connection)
    // what it does is told to others as a script, not command by command
    try await connection.query("select pg_catalog.set_config('trunkline.ddl_capture', 'off', true)")
    var isSilent = true
    do {
      try await connection.savepoint { connection in
        _ = try await connection.query("select londiste.set_session_replication_role('local', true)")
      }
    } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
      isSilent = false
    }
    return ScriptSession(
      queue: queue, settings: settings, role: role, replicationRole: replicationRole, isSilent: isSilent,
      captures: captures)
  }

  /// Puts the settings back, and lets the captures of altered tables fit them again.
  func end(_ connection: PostgresConnection, isRoot: Bool) async throws {
    let (role, _) = try await Self.read(connection)
    if role != self.role { try await connection.query("select pg_catalog.set_config('role', \(self.role), false)") }
    try await connection.query("select pg_catalog.set_config('trunkline.ddl_capture', '', true)")
    if isSilent {
      try await connection.query("select londiste.set_session_replication_role(\(replicationRole), true)")
    } else if isRoot {
      try await refuseChanges(connection)
    }
    let left = try await Self.settings(connection)
    for (name, value) in settings where left[name] != value {
      try await connection.query("select pg_catalog.set_config(\(name), \(value), false)")
    }
    for name in left.keys.sorted() where settings[name] == nil {
      try await connection.query("reset \(identifier: name)")
    }
    for (table, state) in try await Self.captures(connection).sorted(by: { $0.key < $1.key })
    where state != "ok" && captures[table] != state {
      try await connection.query("select trunkline.capture_refresh(\(table)::regclass)")
    }
  }

  /// Rows that the script changed would be logged here, and changed again by the script itself on the other nodes.
  private func refuseChanges(_ connection: PostgresConnection) async throws {
    let count: Int =
      try await connection.query(
        """
        select count(*)::int8 from pgq.event_template e
        join pgq.queue q on q.queue_id = e.ev_queue
        where q.queue_name = \(queue) and e.ev_txid = pg_catalog.txid_current()
        """
      ).first?.decode(0) ?? 0
    guard count == 0 else {
      throw ScriptError(
        "it changes rows, which are logged, as the owner of the schema may not set session_replication_role",
        hint: """
          let the script only change definitions; or have an administrator run, on PostgreSQL 15 or later: grant set on parameter \
          session_replication_role to the owner of schema londiste
          """, exitCode: .noPermission)
    }
  }

  private static func read(_ connection: PostgresConnection) async throws -> (role: String, replicationRole: String) {
    guard
      let row = try await connection.query(
        "select current_setting('role'), current_setting('session_replication_role')"
      ).first
    else { throw PostgresError(.decoding, "the server says nothing of its settings") }
    return try row.decode(String.self, String.self)
  }

  /// What this session has set for itself.
  private static func settings(_ connection: PostgresConnection) async throws -> [String: String] {
    var settings: [String: String] = [:]
    let rows = try await connection.query(
      """
      select name, current_setting(name) from pg_catalog.pg_settings
      where source = 'session' and name not in ('role', 'session_authorization', 'session_replication_role',
        'transaction_isolation', 'transaction_read_only', 'transaction_deferrable')
      """)
    for row in rows { settings[try row.decode(0)] = try row.decode(1, as: String.self) }
    return settings
  }

  /// The states of captures, by table.
  private static func captures(_ connection: PostgresConnection) async throws -> [String: String] {
    var captures: [String: String] = [:]
    let rows = try await connection.query(
      "select table_name, string_agg(state, ',' order by state) from trunkline.capture_check() group by 1")
    for row in rows { captures[try row.decode(0)] = try row.decode(1, as: String.self) }
    return captures
  }
}
