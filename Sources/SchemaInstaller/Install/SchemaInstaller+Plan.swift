public import PostgresClient

extension SchemaInstaller {
  /// Finds out what an installation would do, without changing anything.
  /// - Throws: `SchemaInstallerError` when it could not succeed, with the statement that helps; `PostgresError`.
  public func plan(on connection: PostgresConnection) async throws -> InstallationPlan {
    try await checkServer(connection)
    let statuses = try await status(on: connection)
    try await checkPrivileges(connection, statuses)
    return InstallationPlan(
      serverVersion: await connection.reportedSetting("server_version") ?? "",
      schemas: statuses,
      takeOver: try await takeOver(on: connection))
  }

  private func checkServer(_ connection: PostgresConnection) async throws {
    guard await connection.serverVersion >= Self.oldestServer else {
      let version = await connection.reportedSetting("server_version") ?? "older"
      throw SchemaInstallerError(
        .unsupportedServer, "Trunkline needs PostgreSQL 14 or later, this server is \(version)",
        hint: "Upgrade the server, or replicate from it with another tool.")
    }
    let isStandby = try await connection.query("select pg_catalog.pg_is_in_recovery()").first?.decode(0, as: Bool.self)
    guard isStandby == false else {
      throw SchemaInstallerError(
        .standby, "this server is a standby", hint: "Connect to the primary; the schemas arrive here by themselves.")
    }
  }

  /// Says before the first change what would fail for lack of rights.
  private func checkPrivileges(_ connection: PostgresConnection, _ statuses: [SchemaStatus]) async throws {
    let row = try await connection.query(
      """
      select current_user::text, pg_catalog.quote_ident(current_user), pg_catalog.quote_ident(current_database()),
          pg_catalog.has_database_privilege(current_database(), 'create')
      """
    ).first
    guard let row else { return }
    let (user, quotedUser, database, mayCreate) = try row.decode(String.self, String.self, String.self, Bool.self)
    let missing = statuses.filter { $0.state == .missing }.map(\.schema)
    if !missing.isEmpty, !mayCreate {
      throw SchemaInstallerError(
        .notPermitted, "role \(user) may not create schemas in database \(database)",
        hint: "Have an administrator run: grant create on database \(database) to \(quotedUser);")
    }
    let present = statuses.filter { $0.state != .missing }.map(\.schema)
    let strangers = try await connection.query(
      """
      select nspname::text, pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(nspowner)) from pg_catalog.pg_namespace
      where nspname = any (\(present)::text[]) and not pg_catalog.pg_has_role(nspowner, 'usage') order by 1
      """)
    if let stranger = strangers.first {
      let (schema, owner) = try stranger.decode(String.self, String.self)
      throw SchemaInstallerError(
        .notPermitted, "schema \(schema) belongs to \(owner), and role \(user) may not change it",
        hint: "Install as \(owner), or have an administrator run: grant \(owner) to \(quotedUser);")
    }
  }

  private func takeOver(on connection: PostgresConnection) async throws -> InstallationPlan.TakeOver? {
    let extensions = try await connection.query(
      """
      select extname || ' ' || extversion from pg_catalog.pg_extension
      where extname in ('pgq', 'pgq_coop', 'pgq_ext', 'pgq_node', 'londiste') order by extname
      """
    ).map { try $0.decode(0, as: String.self) }
    // The original's event tables inherit from an ordinary table, ours are partitions.
    let isOriginal = try await connection.query(
      """
      select exists (select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'pgq' and c.relname = 'event_template' and c.relkind = 'r')
      """
    ).first?.decode(0, as: Bool.self)
    guard !extensions.isEmpty || isOriginal == true else { return nil }
    var queues: [String] = []
    if isOriginal == true {
      queues = try await connection.query("select queue_name from pgq.queue order by 1").map {
        try $0.decode(0, as: String.self)
      }
    }
    return InstallationPlan.TakeOver(extensions: extensions, queues: queues)
  }
}
