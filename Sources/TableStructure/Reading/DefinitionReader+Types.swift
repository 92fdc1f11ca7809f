import PostgresClient

extension DefinitionReader {
  /// Types of the columns and of their parts that are not PostgreSQL's own, each after those that it needs.
  func types(of table: UInt32) async throws -> [TypeDefinition] {
    let rows = try await connection.query(
      """
      with recursive needed as (
        select distinct a.atttypid as oid, 0 as depth from pg_attribute a
        where a.attrelid = \(table)::oid and a.attnum > 0 and not a.attisdropped
        union all
        select p.oid, d.depth + 1
        from needed d
        join pg_type t on t.oid = d.oid
        cross join lateral (
          select t.typelem where t.typelem <> 0 and t.typcategory = 'A'
          union all select t.typbasetype where t.typbasetype <> 0
          union all select r.rngsubtype from pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
          union all select r.rngtypid from pg_range r where t.oid = r.rngmultitypid
          union all select a.atttypid from pg_attribute a
            join pg_class c on c.oid = a.attrelid and c.relkind = 'c'
            where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) p (oid)
        where d.depth < 50)
      select t.oid, n.nspname, t.typname, t.typtype::text, x.extname, c.relkind = 'c', max(d.depth)
      from needed d
      join pg_type t on t.oid = d.oid
      join pg_namespace n on n.oid = t.typnamespace
      left join pg_class c on c.oid = t.typrelid
      left join pg_depend e on e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e'
      left join pg_extension x on x.oid = e.refobjid
      where n.nspname <> 'pg_catalog' and t.typtype <> 'm' and not (t.typelem <> 0 and t.typcategory = 'A')
      group by t.oid, n.nspname, t.typname, t.typtype, x.extname, c.relkind
      order by max(d.depth) desc, n.nspname collate "C", t.typname collate "C"
      """)
    var types: [TypeDefinition] = []
    for row in rows {
      let name = CatalogName(try row.decode(1), try row.decode(2))
      types.append(TypeDefinition(name: name, form: try await form(row)))
    }
    return types
  }

  private func form(_ row: PostgresRow) async throws -> TypeDefinition.Form {
    let oid: UInt32 = try row.decode(0)
    if let name = try row.decode(4, as: String?.self) { return .ofExtension(name) }
    switch try row.decode(3, as: String.self) {
    case "e":
      return .enumeration(
        try await connection.query(
          "select enumlabel from pg_enum where enumtypid = \(oid)::oid order by enumsortorder"
        ).map { try $0.decode(0) })
    case "d": return try await domain(oid)
    case "c" where try row.decode(5, as: Bool?.self) == true:
      return .composite(
        try await connection.query(
          """
          select a.attname, format_type(a.atttypid, a.atttypmod),
                 (select format('%I.%I', n.nspname, l.collname)
                  from pg_collation l join pg_namespace n on n.oid = l.collnamespace
                  where l.oid = a.attcollation and a.attcollation <> t.typcollation)
          from pg_attribute a join pg_type t on t.oid = a.atttypid
          where a.attrelid = (select typrelid from pg_type where oid = \(oid)::oid) and a.attnum > 0 and not a.attisdropped
          order by a.attnum
          """
        ).map { .init(name: try $0.decode(0), type: try $0.decode(1), collation: try $0.decode(2)) })
    case "r": return try await range(oid)
    default: return .foreign
    }
  }

  private func domain(_ oid: UInt32) async throws -> TypeDefinition.Form {
    let row = try await connection.query(
      """
      select format_type(t.typbasetype, t.typtypmod), t.typnotnull, pg_get_expr(t.typdefaultbin, 0),
             (select format('%I.%I', n.nspname, l.collname) from pg_collation l join pg_namespace n on n.oid = l.collnamespace
              where l.oid = t.typcollation and t.typcollation <> b.typcollation)
      from pg_type t join pg_type b on b.oid = t.typbasetype
      where t.oid = \(oid)::oid
      """
    ).first
    guard let row else { return .foreign }
    let checks = try await connection.query(
      """
      select conname, pg_get_constraintdef(oid) from pg_constraint where contypid = \(oid)::oid and contype = 'c'
      order by conname collate "C"
      """
    ).map { TypeDefinition.Check(name: try $0.decode(0), text: try $0.decode(1)) }
    return .domain(
      base: try row.decode(0), collation: try row.decode(3), isNotNull: try row.decode(1), value: try row.decode(2),
      checks: checks)
  }

  private func range(_ oid: UInt32) async throws -> TypeDefinition.Form {
    let row = try await connection.query(
      """
      select format_type(r.rngsubtype, null),
             array_remove(array[
               case when not o.opcdefault then 'subtype_opclass = ' || format('%I.%I', n.nspname, o.opcname) end,
               case when r.rngcollation <> 0 and r.rngcollation <> b.typcollation then 'collation = ' || (
                 select format('%I.%I', s.nspname, l.collname)
                 from pg_collation l join pg_namespace s on s.oid = l.collnamespace where l.oid = r.rngcollation) end,
               case when r.rngsubdiff <> 0 then 'subtype_diff = ' || r.rngsubdiff::regproc end,
               'multirange_type_name = ' || format('%I.%I', m.nspname, t.typname)], null)
      from pg_range r
      join pg_opclass o on o.oid = r.rngsubopc join pg_namespace n on n.oid = o.opcnamespace
      join pg_type b on b.oid = r.rngsubtype
      join pg_type t on t.oid = r.rngmultitypid join pg_namespace m on m.oid = t.typnamespace
      where r.rngtypid = \(oid)::oid
      """
    ).first
    guard let row else { return .foreign }
    return .range(subtype: try row.decode(0), options: try row.decode(1))
  }
}
