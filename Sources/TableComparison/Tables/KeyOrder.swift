import EventFormats
import PostgresClient
import TableStructure

/// How a server orders the values of a table's key: whether another one does it in the same way.
struct KeyOrder: Sendable, Equatable {
  /// The columns' types, and for each what its order depends on.
  let types: [String], signatures: [String]
  /// Whether every value of the key is there and has one place in the order.
  let isTotal: Bool

  /// Types whose order and text are the same on every server.
  private static let portable: Set<String> = [
    "int2", "int4", "int8", "oid", "bool", "date", "timestamp", "timestamptz", "uuid", "bytea", "numeric", "text",
    "varchar", "bpchar",
  ]

  /// Reads it from the catalog.
  ///
  /// The signature of a column with a collation names its provider, locale and version as the library has it; locale C is
  /// the same everywhere. What is not known to be the same is taken for different.
  static func read(_ table: TableShape, key: [String], _ connection: PostgresConnection) async throws -> KeyOrder {
    // what the library has now, not what was noted when the database was made
    let version =
      await connection.serverVersion >= 150_000
      ? "pg_catalog.pg_database_collation_actual_version(d.oid)" : "null::text"
    let rows = try await connection.query(
      """
      with d as (
        select to_jsonb(d) as j, \(raw: version) as version
        from pg_catalog.pg_database d where d.datname = current_database())
      select t.typname, a.attnotnull,
        case
          when a.attcollation = 0 then ''
          when not l.collisdeterministic then 'unknown'
          when l.collprovider = 'b' or coalesce(l.collcollate, '') in ('C', 'POSIX')
            or (l.collprovider = 'd' and d.j ->> 'datcollate' in ('C', 'POSIX')
                and coalesce(d.j ->> 'datlocprovider', 'c') in ('c', 'b')) then 'C'
          when l.collprovider = 'd' then concat_ws('/', coalesce(d.j ->> 'datlocprovider', 'c'), d.j ->> 'datcollate',
              d.j ->> 'daticulocale', d.j ->> 'datlocale', coalesce(d.version, 'unknown'))
          else concat_ws('/', l.collprovider, l.collcollate, to_jsonb(l) ->> 'colliculocale', to_jsonb(l) ->> 'colllocale',
              coalesce(pg_catalog.pg_collation_actual_version(l.oid), 'unknown'))
        end || case when a.attcollation = 0 then '' else '/' || pg_catalog.getdatabaseencoding() end
      from pg_catalog.unnest(\(key)::text[]) with ordinality k (name, position)
      join pg_catalog.pg_attribute a on a.attrelid = \(table.oid)::oid and a.attname = k.name
      join pg_catalog.pg_type t on t.oid = a.atttypid
      left join pg_catalog.pg_collation l on l.oid = a.attcollation
      cross join d
      order by k.position
      """)
    let columns = try rows.map { try $0.decode(String.self, Bool.self, String.self) }
    return KeyOrder(
      types: columns.map { $0.0 }, signatures: columns.map { $0.2 },
      isTotal: !columns.isEmpty && columns.count == key.count
        && columns.allSatisfy { type, isNotNull, signature in
          isNotNull && portable.contains(type) && !signature.contains("unknown")
        })
  }
}
