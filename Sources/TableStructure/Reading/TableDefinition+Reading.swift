public import PostgresClient

extension TableDefinition {
  /// Reads a table with its partitions, types and sequences; `nil` when there is none of that name.
  ///
  /// - Throws: `PostgresError`.
  public static func read(_ name: CatalogName, _ connection: PostgresConnection) async throws -> TableDefinition? {
    // whatever is not in pg_catalog is then printed with its schema
    let path: String = try await connection.query("select current_setting('search_path')").first?.decode(0) ?? ""
    try await connection.query("select set_config('search_path', 'pg_catalog', false)")
    let definition: TableDefinition?
    do {
      definition = try await DefinitionReader(connection).table(name)
    } catch {
      _ = try? await connection.query("select set_config('search_path', \(path), false)")
      throw error
    }
    try await connection.query("select set_config('search_path', \(path), false)")
    return definition
  }
}

/// Reads the catalogs. The search path must be `pg_catalog`.
struct DefinitionReader {
  let connection: PostgresConnection

  init(_ connection: PostgresConnection) { self.connection = connection }

  func table(_ name: CatalogName) async throws -> TableDefinition? {
    let oid: UInt32? = try await connection.query(
      """
      select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = \(name.schema) and c.relname = \(name.name) and c.relkind in ('r', 'p')
      """
    ).first?.decode(0)
    guard let oid else { return nil }
    var table = try await relation(oid, isPartition: false)
    table.types = try await types(of: oid)
    table.sequences = try await sequences(of: oid)
    return table
  }

  /// A table; as a partition only with what it has besides its parent's.
  private func relation(_ oid: UInt32, isPartition: Bool) async throws -> TableDefinition {
    let rows = try await connection.query(
      """
      select n.nspname, c.relname, pg_get_userbyid(c.relowner), c.relpersistence = 'u',
             case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end, pg_get_expr(c.relpartbound, c.oid),
             coalesce(c.reloptions, '{}')
               || coalesce((select array_agg('toast.' || o) from pg_class t, unnest(t.reloptions) o where t.oid = c.reltoastrelid), '{}'),
             case c.relreplident when 'd' then 'default' when 'n' then 'nothing' when 'f' then 'full' else (
               select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid
               where x.indrelid = c.oid and x.indisreplident) end,
             (select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid
              where x.indrelid = c.oid and x.indisclustered),
             obj_description(c.oid, 'pg_class'), c.relrowsecurity, c.relforcerowsecurity
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.oid = \(oid)::oid
      """)
    guard let row = rows.first else { throw PostgresError(.decoding, "a table vanished while it was looked at") }
    var table = TableDefinition(
      name: CatalogName(try row.decode(0), try row.decode(1)), owner: try row.decode(2),
      columns: try await columns(oid, isPartition: isPartition))
    table.isUnlogged = try row.decode(3)
    table.partitioning = try row.decode(4)
    table.bound = isPartition ? try row.decode(5) : nil
    table.options = try row.decode(6)
    table.replicaIdentity = try row.decode(7, as: String?.self) ?? "default"
    table.clusterIndex = try row.decode(8)
    table.comment = try row.decode(9)
    table.security.isEnabled = try row.decode(10)
    table.security.isForced = try row.decode(11)
    table.security.policies = try await policies(oid)
    table.constraints = try await constraints(oid, isPartition: isPartition)
    table.indexes = try await indexes(oid, isPartition: isPartition)
    table.statistics = try await statistics(oid)
    table.triggers = try await triggers(oid)
    table.rules = try await rules(oid)
    table.grants = try await grants(oid)
    if !isPartition { table.parents = try await parents(oid) }
    if table.partitioning != nil { try await readPartitions(&table, oid) }
    return table
  }

  private func readPartitions(_ table: inout TableDefinition, _ oid: UInt32) async throws {
    let partitions = try await connection.query(
      """
      select c.oid from pg_inherits h join pg_class c on c.oid = h.inhrelid join pg_namespace n on n.oid = c.relnamespace
      where h.inhparent = \(oid)::oid and c.relkind in ('r', 'p')
      order by n.nspname collate "C", c.relname collate "C"
      """
    ).map { try $0.decode(0, as: UInt32.self) }
    let order = Dictionary(uniqueKeysWithValues: table.columns.enumerated().map { ($1.name, $0) })
    for oid in partitions {
      var partition = try await relation(oid, isPartition: true)
      // one that was attached may have another order; made again it has its parent's
      partition.columns.sort { order[$0.name, default: 0] < order[$1.name, default: 0] }
      table.partitions.append(partition)
    }
  }

  private func parents(_ oid: UInt32) async throws -> [CatalogName] {
    try await connection.query(
      """
      select n.nspname, c.relname
      from pg_inherits h join pg_class c on c.oid = h.inhparent join pg_namespace n on n.oid = c.relnamespace
      where h.inhrelid = \(oid)::oid and c.relkind = 'r'
      order by h.inhseqno
      """
    ).map { CatalogName(try $0.decode(0), try $0.decode(1)) }
  }

  private func columns(_ oid: UInt32, isPartition: Bool) async throws -> [ColumnDefinition] {
    try await connection.query(
      """
      select a.attname, format_type(a.atttypid, a.atttypmod),
             (select format('%I.%I', n.nspname, l.collname) from pg_collation l join pg_namespace n on n.oid = l.collnamespace
              where l.oid = a.attcollation and a.attcollation <> t.typcollation),
             a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attgenerated::text, a.attidentity::text, s.nspname, s.relname,
             case when a.attstorage <> t.typstorage then
               case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end end,
             case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end, nullif(a.attstattarget, -1)::int,
             coalesce(a.attoptions, '{}'), col_description(a.attrelid, a.attnum)
      from pg_attribute a
      join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      left join lateral (
        select n.nspname, c.relname
        from pg_depend p join pg_class c on c.oid = p.objid and c.relkind = 'S' join pg_namespace n on n.oid = c.relnamespace
        where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid
          and p.refobjsubid = a.attnum and p.deptype = 'i') s on a.attidentity <> ''
      where a.attrelid = \(oid)::oid and a.attnum > 0 and not a.attisdropped
      order by a.attnum
      """
    ).map { row in
      var column = ColumnDefinition(name: try row.decode(0), type: try row.decode(1))
      column.collation = try row.decode(2)
      column.isNotNull = try row.decode(3)
      let (generated, identity) = (try row.decode(5, as: String.self), try row.decode(6, as: String.self))
      if !identity.isEmpty {
        // numbers of a partition are its parent's matter; old versions do not even store that there are any
        if !isPartition, let schema = try row.decode(7, as: String?.self) {
          column.value = .identity(CatalogName(schema, try row.decode(8)), isAlways: identity == "a")
        }
      } else if let text = try row.decode(4, as: String?.self) {
        column.value = generated.isEmpty ? .expression(text) : .generated(text, isVirtual: generated == "v")
      }
      column.storage = try row.decode(9)
      column.compression = try row.decode(10)
      column.statisticsTarget = try row.decode(11)
      column.options = try row.decode(12)
      column.comment = try row.decode(13)
      return column
    }
  }
}
