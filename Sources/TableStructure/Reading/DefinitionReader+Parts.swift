public import PostgresClient

extension DefinitionReader {
  func constraints(_ oid: UInt32, isPartition: Bool) async throws -> [ConstraintDefinition] {
    try await connection.query(
      """
      select c.conname, c.contype::text, pg_get_constraintdef(c.oid), n.nspname, r.relname,
             quote_ident(n.nspname) || '.' || quote_ident(r.relname), c.convalidated, obj_description(c.oid, 'pg_constraint')
      from pg_constraint c
      left join pg_class r on r.oid = c.confrelid and c.contype = 'f'
      left join pg_namespace n on n.oid = r.relnamespace
      where c.conrelid = \(oid)::oid and c.contype in ('p', 'u', 'x', 'c', 'f')
        and not (\(isPartition) and (c.conparentid <> 0 or (c.coninhcount > 0 and not c.conislocal)))
        -- of a foreign key to a partitioned table there is one more for each partition
        and not exists (select 1 from pg_constraint p where p.oid = c.conparentid and p.conrelid = c.conrelid)
      order by array_position(array['p', 'u', 'x', 'c', 'f'], c.contype::text), c.conname collate "C"
      """
    ).map { row in
      guard let kind = ConstraintDefinition.Kind(rawValue: try row.decode(1)) else {
        throw PostgresError(.decoding, "unknown kind of constraint")
      }
      var constraint = ConstraintDefinition(name: try row.decode(0), kind: kind, text: try row.decode(2))
      constraint.isValidated = try row.decode(6)
      constraint.comment = try row.decode(7)
      if !constraint.isValidated, constraint.text.hasSuffix(" NOT VALID") { constraint.text.removeLast(10) }
      if let schema = try row.decode(3, as: String?.self) {
        let table = try row.decode(5, as: String.self)
        constraint.references = CatalogName(schema, try row.decode(4))
        (constraint.text, constraint.rest) = constraint.text.split(around: " REFERENCES ", table)
      }
      return constraint
    }
  }

  func indexes(_ oid: UInt32, isPartition: Bool) async throws -> [IndexDefinition] {
    try await connection.query(
      """
      select i.relname, x.indisunique,
             substr(pg_get_indexdef(i.oid), length(format('CREATE %sINDEX %I ON %s%I.%I ',
               case when x.indisunique then 'UNIQUE ' else '' end, i.relname, case when i.relkind = 'I' then 'ONLY ' else '' end,
               n.nspname, t.relname)) + 1),
             obj_description(i.oid, 'pg_class')
      from pg_index x
      join pg_class i on i.oid = x.indexrelid
      join pg_class t on t.oid = x.indrelid
      join pg_namespace n on n.oid = t.relnamespace
      where x.indrelid = \(oid)::oid and (x.indisvalid or i.relkind = 'I') and x.indislive
        and not exists (select 1 from pg_constraint c where c.conindid = i.oid and c.contype in ('p', 'u', 'x'))
        and not (\(isPartition) and exists (select 1 from pg_inherits h where h.inhrelid = i.oid))
      order by i.relname collate "C"
      """
    ).map { row in
      IndexDefinition(
        name: try row.decode(0), isUnique: try row.decode(1), text: try row.decode(2), comment: try row.decode(3))
    }
  }

  func statistics(_ oid: UInt32) async throws -> [NamedText] {
    try await connection.query(
      """
      select s.stxname, pg_get_statisticsobjdef(s.oid), format('%I.%I', n.nspname, t.relname)
      from pg_statistic_ext s join pg_class t on t.oid = s.stxrelid join pg_namespace n on n.oid = t.relnamespace
      where s.stxrelid = \(oid)::oid
      order by s.stxname collate "C"
      """
    ).map { row in
      let (before, after) = try row.decode(1, as: String.self).split(around: " FROM ", try row.decode(2))
      return NamedText(name: try row.decode(0), before: before, after: after)
    }
  }

  /// Without those of queues: the node makes its own.
  func triggers(_ oid: UInt32) async throws -> [TriggerDefinition] {
    try await connection.query(
      """
      select t.tgname, pg_get_triggerdef(t.oid), format('%I.%I', n.nspname, c.relname), t.tgenabled::text, pn.nspname, p.proname
      from pg_trigger t
      join pg_class c on c.oid = t.tgrelid
      join pg_namespace n on n.oid = c.relnamespace
      join pg_proc p on p.oid = t.tgfoid
      join pg_namespace pn on pn.oid = p.pronamespace
      where t.tgrelid = \(oid)::oid and not t.tgisinternal and t.tgparentid = 0
        and pn.nspname not in ('pgq', 'londiste', 'trunkline')
      order by t.tgname collate "C"
      """
    ).map { row in
      let (before, after) = try row.decode(1, as: String.self).split(around: " ON ", try row.decode(2))
      return TriggerDefinition(
        definition: NamedText(name: try row.decode(0), before: before, after: after), enabled: try row.decode(3),
        function: CatalogName(try row.decode(4), try row.decode(5)))
    }
  }

  func rules(_ oid: UInt32) async throws -> [TriggerDefinition] {
    try await connection.query(
      """
      select r.rulename, pg_get_ruledef(r.oid), format('%I.%I', n.nspname, c.relname), r.ev_enabled::text
      from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
      where r.ev_class = \(oid)::oid
      order by r.rulename collate "C"
      """
    ).map { row in
      let (before, after) = try row.decode(1, as: String.self).split(around: " TO ", try row.decode(2))
      return TriggerDefinition(
        definition: NamedText(name: try row.decode(0), before: before, after: after), enabled: try row.decode(3))
    }
  }

  func policies(_ oid: UInt32) async throws -> [RowSecurity.Policy] {
    try await connection.query(
      """
      select p.polname,
             array(select case when r = 0 then 'public' else pg_get_userbyid(r)::text end from unnest(p.polroles) r order by 1),
             case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
             p.polpermissive, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
      from pg_policy p where p.polrelid = \(oid)::oid
      order by p.polname collate "C"
      """
    ).map { row in
      RowSecurity.Policy(
        name: try row.decode(0), roles: try row.decode(1), command: try row.decode(2), isPermissive: try row.decode(3),
        using: try row.decode(4), check: try row.decode(5))
    }
  }

  /// Privileges of others than the owner, on the relation and its columns.
  func grants(_ oid: UInt32) async throws -> [Grant] {
    try await connection.query(
      """
      select case when g.grantee <> 0 then pg_get_userbyid(g.grantee)::text end, lower(g.privilege_type), g.attname,
             g.is_grantable
      from (
        select a.grantee, a.privilege_type, null::name as attname, a.is_grantable, c.relowner
        from pg_class c, aclexplode(c.relacl) a where c.oid = \(oid)::oid
        union all
        select a.grantee, a.privilege_type, t.attname, a.is_grantable, c.relowner
        from pg_class c join pg_attribute t on t.attrelid = c.oid and not t.attisdropped, aclexplode(t.attacl) a
        where c.oid = \(oid)::oid) g
      where g.grantee <> g.relowner
      order by 1 nulls first, 3 nulls first, 2
      """
    ).map { row in
      Grant(
        role: try row.decode(0), privilege: try row.decode(1), column: try row.decode(2), isGrantable: try row.decode(3)
      )
    }
  }

  func sequences(of oid: UInt32) async throws -> [SequenceDefinition] {
    let rows = try await connection.query(
      """
      select n.nspname, c.relname, format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
             s.seqcycle, max(a.attname) filter (where d.deptype in ('a', 'i')), bool_or(d.deptype = 'i'),
             pg_get_userbyid(c.relowner), obj_description(c.oid, 'pg_class'), c.oid
      from (
        select d.objid as seq, d.deptype, d.refobjsubid as attnum
        from pg_depend d
        where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = \(oid)::oid
          and d.refobjsubid > 0 and d.deptype in ('a', 'i')
        union all
        select d.refobjid, 'n', f.adnum
        from pg_attrdef f
        join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass
        where f.adrelid = \(oid)::oid and d.refobjid <> f.adrelid) d
      join pg_class c on c.oid = d.seq and c.relkind = 'S'
      join pg_sequence s on s.seqrelid = c.oid
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_attribute a on a.attrelid = \(oid)::oid and a.attnum = d.attnum
      group by n.nspname, c.relname, s.seqrelid, c.oid, c.relowner
      order by n.nspname collate "C", c.relname collate "C"
      """)
    var sequences: [SequenceDefinition] = []
    for row in rows {
      var sequence = try Self.sequence(row)
      sequence.column = try row.decode(9)
      sequence.isIdentity = try row.decode(10)
      sequence.grants = try await grants(try row.decode(13))
      sequences.append(sequence)
    }
    return sequences
  }

  private static func sequence(_ row: PostgresRow) throws -> SequenceDefinition {
    SequenceDefinition(
      name: CatalogName(try row.decode(0), try row.decode(1)), type: try row.decode(2), start: try row.decode(3),
      increment: try row.decode(4), minimum: try row.decode(5), maximum: try row.decode(6), cache: try row.decode(7),
      cycles: try row.decode(8), owner: try row.decode(11), comment: try row.decode(12))
  }

  func sequence(_ name: CatalogName) async throws -> SequenceDefinition? {
    let row = try await connection.query(
      """
      select n.nspname, c.relname, format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
             s.seqcycle, null, null, pg_get_userbyid(c.relowner), obj_description(c.oid, 'pg_class'), c.oid
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_sequence s on s.seqrelid = c.oid
      where n.nspname = \(name.schema) and c.relname = \(name.name)
      """
    ).first
    guard let row else { return nil }
    var sequence = try Self.sequence(row)
    sequence.grants = try await grants(try row.decode(13))
    return sequence
  }
}

extension SequenceDefinition {
  /// Reads a sequence; `nil` when there is none of that name.
  ///
  /// - Throws: `PostgresError`.
  public static func read(_ name: CatalogName, _ connection: PostgresConnection) async throws -> SequenceDefinition? {
    try await DefinitionReader(connection).sequence(name)
  }
}

extension String {
  /// What stands before and behind the first place where `name` follows `word`; the word goes to the first part.
  fileprivate func split(around word: String, _ name: String) -> (String, String) {
    guard let range = firstRange(of: word + name) else { return (self, "") }
    return (String(self[..<range.lowerBound]) + word, String(self[range.upperBound...]))
  }
}
