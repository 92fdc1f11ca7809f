import EventFormats
import PostgresClient
import TableStructure

/// Reads where the rows of tables of the source lie.
enum SourceRelations {
  /// The relations that hold a table's rows. Call it while a lock keeps the tables from being rewritten.
  ///
  /// - Throws: `PostgresError`.
  static func read(_ table: TableShape, _ source: PostgresConnection) async throws -> [PiecePlan.Relation] {
    let rows = try await source.query(
      """
      select n.nspname, c.relname,
             case when c.relkind = 'r' then coalesce(pg_catalog.pg_relation_filenode(c.oid)::int8, 0) else 0 end,
             case when c.relkind = 'r'
                  then pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8 else 0 end,
             case when c.relkind = 'r' then pg_catalog.pg_table_size(c.oid) else 0 end
      from (
        select relid from pg_catalog.pg_partition_tree(\(table.oid)::oid::regclass) where isleaf
        union
        select \(table.oid)::oid where not \(table.isPartitioned)) l (relid)
      join pg_catalog.pg_class c on c.oid = l.relid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      order by c.oid
      """)
    return try rows.map { row in
      let (schema, name, filenode, blocks, bytes) = try row.decode(
        String.self, String.self, Int64.self, Int64.self, Int64.self)
      return PiecePlan.Relation(
        name: try QualifiedName(schema: schema, name: name), filenode: filenode, blocks: blocks, bytes: bytes)
    }
  }
}
