import DatabaseSchemas
public import PostgresClient

extension SchemaInstaller {
  /// The statements that remove the schemas, the last installed first. Roles stay: other databases may use them.
  public var uninstallStatements: [String] {
    schemas.reversed().map { "drop schema if exists \(quotedIdentifier($0.name)) cascade;" }
  }

  /// Removes all schemas in one transaction.
  /// - Throws: `SchemaInstallerError` with reason `inUse` while queues or captures exist; `PostgresError`.
  public func uninstall(on connection: PostgresConnection) async throws {
    try await connection.transaction { connection in
      try await connection.execute(Self.transactionSettings)
      try await connection.execute(Self.lockStatement)
      try await lockQueues(connection)
      let usage = try await usage(on: connection)
      guard usage.isEmpty else {
        throw SchemaInstallerError(
          .inUse, "the schemas are in use: \(usage.reasons)",
          hint: "Remove captures with 'trunkline table remove', queues with 'trunkline queue drop', "
            + "what is tracked for consumers by deleting its rows in pgq_ext, then try again.")
      }
      for statement in uninstallStatements {
        do {
          try await connection.execute(statement)
        } catch let error as PostgresError where error.code == .server {
          throw SchemaInstallerError(path: statement, cause: error)
        }
      }
    }
  }

  /// What speaks against a removal.
  /// - Throws: `PostgresError`.
  public func usage(on connection: PostgresConnection) async throws -> SchemaUsage {
    let names = schemas.map(\.name)
    var queues: [String] = []
    if try await exists("pgq.queue", connection) {
      queues = try await connection.query("select queue_name from pgq.queue order by 1").map {
        try $0.decode(0, as: String.self)
      }
    }
    let triggers = try await connection.query(
      """
      select pg_catalog.format('%I.%I (%s)', n.nspname, c.relname, t.tgname)
      from pg_catalog.pg_trigger t
      join pg_catalog.pg_class c on c.oid = t.tgrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_proc p on p.oid = t.tgfoid
      join pg_catalog.pg_namespace f on f.oid = p.pronamespace
      where f.nspname = any (\(names)::text[]) and not n.nspname = any (\(names)::text[]) and t.tgparentid = 0
      order by 1
      """
    ).map { try $0.decode(0, as: String.self) }
    return SchemaUsage(
      queues: queues, trackedConsumers: try await trackedConsumers(connection), triggers: triggers,
      dependents: try await dependents(names, connection))
  }

  private func trackedConsumers(_ connection: PostgresConnection) async throws -> [String] {
    guard try await exists("pgq_ext.completed_tick", connection) else { return [] }
    return try await connection.query(
      """
      select consumer_id from pgq_ext.completed_tick
      union select consumer_id from pgq_ext.completed_batch
      union select consumer_id from pgq_ext.partial_batch
      order by 1
      """
    ).map { try $0.decode(0, as: String.self) }
  }

  /// Views, defaults, constraints and the like, outside the schemas, that a cascade would take along.
  private func dependents(_ names: [String], _ connection: PostgresConnection) async throws -> [String] {
    try await connection.query(
      """
      with ours (classid, objid) as (
          select 'pg_catalog.pg_proc'::regclass, p.oid from pg_catalog.pg_proc p
          where p.pronamespace in (select oid from pg_catalog.pg_namespace where nspname = any (\(names)::text[]))
          union all
          select 'pg_catalog.pg_class'::regclass, c.oid from pg_catalog.pg_class c
          where c.relnamespace in (select oid from pg_catalog.pg_namespace where nspname = any (\(names)::text[]))
      )
      select distinct coalesce(v.oid::regclass::text, i.identity)
      from ours o
      join pg_catalog.pg_depend d on d.refclassid = o.classid and d.refobjid = o.objid and d.deptype in ('n', 'a')
      left join pg_catalog.pg_rewrite r on d.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = d.objid
      left join pg_catalog.pg_class v on v.oid = r.ev_class
      left join pg_catalog.pg_attrdef ad on d.classid = 'pg_catalog.pg_attrdef'::regclass and ad.oid = d.objid
      left join pg_catalog.pg_constraint k on d.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = d.objid
      left join pg_catalog.pg_class t on t.oid = coalesce(v.oid, ad.adrelid, k.conrelid)
      left join pg_catalog.pg_namespace n on n.oid = t.relnamespace
      cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) i
      where d.classid in ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_attrdef'::regclass,
              'pg_catalog.pg_constraint'::regclass)
          and not n.nspname = any (\(names)::text[])
      order by 1
      """
    ).map { try $0.decode(0, as: String.self) }
  }

  /// Nobody may create a queue between the check and the removal.
  private func lockQueues(_ connection: PostgresConnection) async throws {
    guard try await exists("pgq.queue", connection) else { return }
    try await connection.execute("lock table pgq.queue in exclusive mode")
  }

  private func exists(_ relation: String, _ connection: PostgresConnection) async throws -> Bool {
    try await connection.query("select pg_catalog.to_regclass(\(relation)) is not null").first?.decode(0, as: Bool.self)
      ?? false
  }
}
