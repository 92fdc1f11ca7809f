public import PostgresClient

/// What the database already has in which a table is to be made.
public struct TargetCatalog: Sendable, Equatable {
  /// The server's major version.
  public var majorVersion: Int
  /// Schemas, and roles of the server.
  public var schemas: Set<String> = [], roles: Set<String> = []
  /// Roles to which the session may give what it makes.
  public var ownRoles: Set<String> = []
  /// Relations of every kind, types, and functions of triggers.
  public var relations: Set<CatalogName> = [], types: Set<CatalogName> = [], triggerFunctions: Set<CatalogName> = []

  /// An empty database.
  public init(majorVersion: Int) { self.majorVersion = majorVersion }

  /// Reads it.
  ///
  /// - Throws: `PostgresError`.
  public static func read(_ connection: PostgresConnection) async throws -> TargetCatalog {
    let version: Int =
      try await connection.query("select current_setting('server_version_num')::int / 10000").first?.decode(0) ?? 0
    var catalog = TargetCatalog(majorVersion: version)
    for row in try await connection.query("select nspname from pg_catalog.pg_namespace") {
      catalog.schemas.insert(try row.decode(0))
    }
    for row in try await connection.query(
      "select rolname, pg_catalog.pg_has_role(oid, 'member') from pg_catalog.pg_roles")
    {
      let (name, isOwn) = try row.decode(String.self, Bool.self)
      catalog.roles.insert(name)
      if isOwn { catalog.ownRoles.insert(name) }
    }
    let names = try await connection.query(
      """
      select 'r', n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname <> 'pg_catalog' and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I')
      union all
      select 't', n.nspname, t.typname from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
      where n.nspname <> 'pg_catalog' and t.typcategory <> 'A'
      union all
      select 'f', n.nspname, p.proname from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype and p.pronargs = 0
      """)
    for row in names {
      let (kind, schema, name) = try row.decode(String.self, String.self, String.self)
      switch kind {
      case "r": catalog.relations.insert(CatalogName(schema, name))
      case "t": catalog.types.insert(CatalogName(schema, name))
      default: catalog.triggerFunctions.insert(CatalogName(schema, name))
      }
    }
    return catalog
  }
}
