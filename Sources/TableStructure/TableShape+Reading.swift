public import EventFormats
public import PostgresClient

extension TableShape {
  /// Reads a table, partitioned table or foreign table; `nil` when there is none of that name.
  ///
  /// - Throws: `PostgresError`.
  public static func read(_ name: QualifiedName, _ connection: PostgresConnection) async throws -> TableShape? {
    let schema = name.schema?.name
    let found = try await connection.query(
      """
      select c.oid, n.nspname, c.relkind = 'p'
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relname = \(name.name.name) and c.relkind in ('r', 'p', 'f')
        and case when \(schema)::text is null then pg_catalog.pg_table_is_visible(c.oid)
                 else n.nspname = \(schema)::text end
      """)
    guard let row = found.first else { return nil }
    let (oid, schemaName, isPartitioned) = try row.decode(UInt32.self, String.self, Bool.self)
    let columns = try await connection.query(
      """
      select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated <> '', a.attidentity = 'a',
             t.typname in ('int2', 'int4', 'int8', 'bool', 'text', 'varchar', 'uuid', 'date', 'timestamp', 'timestamptz',
                           'bytea', 'oid')
               and coalesce(l.collisdeterministic, true),
             (with recursive base as (
                select t.oid, t.typbasetype
                union all
                select d.oid, d.typbasetype from base b join pg_catalog.pg_type d on d.oid = b.typbasetype)
              select pg_catalog.bool_or(base.oid in (114, 3802)) from base)
      from pg_catalog.pg_attribute a
      join pg_catalog.pg_type t on t.oid = a.atttypid
      left join pg_catalog.pg_collation l on l.oid = a.attcollation
      where a.attrelid = \(oid)::oid and a.attnum > 0 and not a.attisdropped
      order by a.attnum
      """)
    let key = try await connection.query(
      """
      select a.attname
      from pg_catalog.pg_index i
      cross join lateral pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, position)
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where i.indrelid = \(oid)::oid and i.indisprimary and k.position <= i.indnkeyatts
      order by k.position
      """)
    let references = try await connection.query(
      """
      select distinct confrelid from pg_catalog.pg_constraint
      where conrelid = \(oid)::oid and contype = 'f' and confrelid <> conrelid
      """)
    let deferrable = try await connection.query(
      """
      select (select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum)
              from pg_catalog.pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey))
      from pg_catalog.pg_constraint c
      where c.conrelid = \(oid)::oid and c.contype in ('u', 'p') and c.condeferrable
      """)
    return TableShape(
      name: try QualifiedName(schema: schemaName, name: name.name.name),
      oid: oid,
      columns: try columns.map { row in
        let (name, type, isGenerated, isIdentity, isPlain, isJSON) = try row.decode(
          String.self, String.self, Bool.self, Bool.self, Bool.self, Bool.self)
        return Column(
          name: name, type: type, isGenerated: isGenerated, isIdentityAlways: isIdentity, isPlain: isPlain,
          isJSON: isJSON)
      },
      primaryKey: try key.map { try $0.decode(0) },
      references: Set(try references.map { try $0.decode(0, as: UInt32.self) }),
      isPartitioned: isPartitioned,
      deferrableKeys: try deferrable.map { try $0.decode(0) })
  }
}
