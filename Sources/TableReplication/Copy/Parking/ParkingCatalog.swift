import EventFormats
import PostgresClient
import TableStructure

/// Reads from the catalog what can be taken off a table, and how to put it back.
///
/// The definitions name everything with its schema: call it with an empty search path.
enum ParkingCatalog {
  /// Valid indexes, with the constraints that they belong to. Those of partitioned tables and of partitions stay.
  static func indexes(of table: TableShape, _ target: PostgresConnection) async throws -> [ParkedObject] {
    let rows = try await target.query(
      """
      select i.relname, c.contype::text, x.indisunique, pg_catalog.pg_get_indexdef(i.oid),
             pg_catalog.pg_get_constraintdef(c.oid), coalesce(c.conname, i.relname),
             am.amname = 'btree' and not x.indisexclusion, coalesce(c.condeferrable, false),
             coalesce(c.condeferred, false), coalesce(s.spcname, ''), x.indisclustered, x.indisreplident,
             pg_catalog.obj_description(i.oid, 'pg_class'), pg_catalog.obj_description(c.oid, 'pg_constraint'),
             pg_catalog.quote_ident(n.nspname)
      from pg_catalog.pg_index x
      join pg_catalog.pg_class i on i.oid = x.indexrelid
      join pg_catalog.pg_namespace n on n.oid = i.relnamespace
      join pg_catalog.pg_am am on am.oid = i.relam
      left join pg_catalog.pg_tablespace s on s.oid = i.reltablespace
      left join pg_catalog.pg_constraint c
        on c.conindid = i.oid and c.conrelid = x.indrelid and c.contype in ('p', 'u', 'x')
      where x.indrelid = \(table.oid)::oid and i.relkind = 'i' and x.indisvalid and x.indisready
        and not exists (select 1 from pg_catalog.pg_inherits h where h.inhrelid = i.oid)
      order by i.relname
      """)
    return try rows.map { row in
      let name: String = try row.decode(0)
      let constraint: String? = try row.decode(1)
      let kind: ParkedObject.Kind =
        switch constraint {
        case "p": .primaryKey
        case "x": .exclusion
        case "u": .unique
        default: try row.decode(2, as: Bool.self) ? .unique : .index
        }
      var object = ParkedObject(table: table.name, name: try row.decode(5), kind: kind)
      object.isConstraint = constraint != nil
      let tablespace = "set local default_tablespace = \(SQLLiteral.quote(try row.decode(9, as: String.self))); "
      let alter = "alter table only \(table.name.quoted)"
      var attach: [String] = []
      if constraint == nil {
        object.build = tablespace + (try row.decode(3, as: String.self))
      } else if try row.decode(6, as: Bool.self) {
        object.build = tablespace + (try row.decode(3, as: String.self))
        var sql = "\(alter) add constraint \(SQLIdentifier.quote(object.name)) "
        sql += "\(kind == .primaryKey ? "primary key" : "unique") using index \(SQLIdentifier.quote(name))"
        if try row.decode(7, as: Bool.self) { sql += " deferrable" }
        if try row.decode(8, as: Bool.self) { sql += " initially deferred" }
        attach.append(sql)
      } else {
        attach.append(
          "\(tablespace)\(alter) add constraint \(SQLIdentifier.quote(object.name)) \(try row.decode(4, as: String.self))"
        )
      }
      let index = "\(try row.decode(14, as: String.self)).\(SQLIdentifier.quote(name))"
      if try row.decode(10, as: Bool.self) { attach.append("\(alter) cluster on \(SQLIdentifier.quote(name))") }
      if try row.decode(11, as: Bool.self) {
        attach.append("\(alter) replica identity using index \(SQLIdentifier.quote(name))")
      }
      if let comment = try row.decode(12, as: String?.self) {
        attach.append("comment on index \(index) is \(SQLLiteral.quote(comment))")
      }
      if let comment = try row.decode(13, as: String?.self) {
        attach.append(
          "comment on constraint \(SQLIdentifier.quote(object.name)) on \(table.name.quoted) is \(SQLLiteral.quote(comment))"
        )
      }
      object.attach = attach.isEmpty ? nil : attach.joined(separator: "; ")
      return object
    }
  }

  /// Foreign keys from and to a table.
  static func foreignKeys(of table: TableShape, _ target: PostgresConnection) async throws -> [ParkedObject] {
    let rows = try await target.query(
      """
      select n.nspname, r.relname, c.conname, pg_catalog.pg_get_constraintdef(c.oid), c.convalidated, r.relkind = 'p',
             fn.nspname || '.' || f.relname, pg_catalog.obj_description(c.oid, 'pg_constraint')
      from pg_catalog.pg_constraint c
      join pg_catalog.pg_class r on r.oid = c.conrelid
      join pg_catalog.pg_namespace n on n.oid = r.relnamespace
      join pg_catalog.pg_class f on f.oid = c.confrelid
      join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
      where c.contype = 'f' and c.conparentid = 0 and \(table.oid)::oid in (c.conrelid, c.confrelid)
      order by 1, 2, 3
      """)
    return try rows.map { row in
      let (schema, name, key, definition, isValid, isPartitioned, referenced, comment) = try row.decode(
        String.self, String.self, String.self, String.self, Bool.self, Bool.self, String.self, String?.self)
      var object = ParkedObject(
        table: try QualifiedName(schema: schema, name: name), name: key, kind: .foreignKey)
      object.isConstraint = true
      let (on, quoted) = (object.table.quoted, SQLIdentifier.quote(key))
      var attach: [String] = []
      if isPartitioned {
        // It cannot be added without being validated, and belongs to all partitions.
        object.build = "alter table \(on) add constraint \(quoted) \(definition)"
      } else {
        let late = definition.hasSuffix(" NOT VALID") || definition.hasSuffix(" NOT ENFORCED") ? "" : " not valid"
        object.build = "alter table only \(on) add constraint \(quoted) \(definition)\(late)"
        if isValid { attach.append("alter table only \(on) validate constraint \(quoted)") }
      }
      if let comment { attach.append("comment on constraint \(quoted) on \(on) is \(SQLLiteral.quote(comment))") }
      object.attach = attach.isEmpty ? nil : attach.joined(separator: "; ")
      object.referenced = referenced
      return object
    }
  }

  /// Triggers that fire for rows of a session that does not replicate.
  static func triggers(of table: TableShape, _ target: PostgresConnection) async throws -> [ParkedObject] {
    let rows = try await target.query(
      """
      select tgname from pg_catalog.pg_trigger
      where tgrelid = \(table.oid)::oid and not tgisinternal and tgenabled = 'O' order by 1
      """)
    return try rows.map { row in
      var object = ParkedObject(table: table.name, name: try row.decode(0), kind: .trigger)
      object.attach = "alter table \(table.ownRows) enable trigger \(SQLIdentifier.quote(object.name))"
      return object
    }
  }
}
