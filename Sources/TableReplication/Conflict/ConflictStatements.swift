import EventFormats
import TableStructure

/// The SQL that finds conflicts between a batch's staged events and one table, and takes the losers out of the batch. Text
/// only: nothing is executed here.
///
/// All changes of a key in the batch are one change here: the first event says what the source expects to find, the last
/// one what the row is to be. They lie in a temporary table, one row for each key; what is decided stands there, too.
struct ConflictStatements: Sendable {
  let sets: TableStatements
  /// The temporary table.
  let keys: String

  init(_ sets: TableStatements, number: Int) {
    self.sets = sets
    keys = "trunkline_keys_\(number)"
  }

  private var table: String { sets.target }
  private var rows: String { sets.table.ownRows }
  private var key: [String] { sets.key.map(SQLIdentifier.quote) }
  private var keyList: String { key.joined(separator: ", ") }
  private func record(_ json: String) -> String { "json_populate_record(null::\(table), \(json)::json)" }
  private func match(_ left: String, _ right: String) -> String {
    key.map { "\(left).\($0) = \(right).\($0)" }.joined(separator: " and ")
  }
  private func matchRecord(_ record: String, _ right: String) -> String {
    key.map { "(\(record)).\($0) = \(right).\($0)" }.joined(separator: " and ")
  }

  /// Makes the temporary table.
  var create: String {
    let types = sets.key.compactMap { name in sets.table.columns.first { $0.name == name } }
    let definitions = types.map { "\(SQLIdentifier.quote($0.name)) \($0.type)" }.joined(separator: ", ")
    return """
      create temporary table if not exists \(keys) (tl_first int8, tl_last int8, tl_op text, tl_before text, tl_row text, \
      tl_gone bool, tl_kind text, tl_drop bool not null default false, tl_result jsonb, \(definitions)) \
      on commit delete rows
      """
  }

  /// Fills it. Parameters: types of events that are insertions, updates, deletions.
  func fill(withKeyChanges: Bool) -> String {
    let stage = Staging.table
    // A deletion tells its row, unless it tells its key only.
    let all = sets.columns.map { SQLLiteral.quote($0.name) }.joined(separator: ", ")
    var events = """
      select ev_id, 1 as part,
             case when ev_type = any ($1::text[]) or ev_extra3 is not null and ev_type = any ($2::text[]) then 'INSERT'
                  when ev_type = any ($2::text[]) then 'UPDATE' else 'DELETE' end as op,
             case when ev_extra3 is not null then null
                  when ev_type = any ($3::text[]) and ev_data::jsonb ?& array[\(all)]::text[] then ev_data
                  else ev_extra2 end as before, ev_data as data,
             ev_type = any ($3::text[]) as gone, \(record("ev_data")) as r
      from \(stage) where ev_type = any ($1::text[] || $2::text[] || $3::text[])
      """
    if withKeyChanges {
      events += """
         union all
        select ev_id, 0, 'UPDATE', ev_extra2, ev_data, true, \(record("ev_extra3"))
        from \(stage) where ev_type = any ($2::text[]) and ev_extra3 is not null
        """
    }
    let fields = key.map { "(r).\($0)" }.joined(separator: ", ")
    return """
      insert into \(keys) (tl_first, tl_op, tl_before, tl_last, tl_row, tl_gone, \(keyList))
      select f.ev_id, f.op, f.before, l.ev_id, l.data, l.gone, \(key.map { "f.\($0)" }.joined(separator: ", "))
      from (select distinct on (\(fields)) ev_id, op, before, \(fields) from (\(events) offset 0) e
            order by \(fields), ev_id, part) f
      join (select distinct on (\(fields)) ev_id, data, gone, \(fields) from (\(events) offset 0) e
            order by \(fields), ev_id desc, part desc) l on \(match("f", "l"))
      """
  }

  /// Holds the rows that are looked at until the batch is in: somebody who writes one of them meanwhile would be overwritten
  /// by a decision that did not know of it.
  var hold: String {
    let order = key.map { "t.\($0)" }.joined(separator: ", ")
    return """
      select count(*) from (
        select 1 from \(keys) n join \(rows) t on \(match("t", "n")) order by \(order) for no key update of t) h
      """
  }

  /// Says which keys meet what the source does not expect.
  var detect: String {
    let columns = sets.columns.map { SQLIdentifier.quote($0.name) }
    let before = sets.columns.map { TableStatements.field($0, of: "b.r", in: "b.j") }.joined(separator: ", ")
    return """
      update \(keys) k set tl_kind = d.kind
      from (
        select n.ctid as id, case
            when n.tl_op = 'INSERT' then case when t.tableoid is not null then 'insert_exists' end
            when t.tableoid is null then case n.tl_op when 'UPDATE' then 'update_missing' else 'delete_missing' end
            when n.tl_before is not null and (
                select row(\(before))::record
                  operator(pg_catalog.*<>) row(\(columns.map { "t.\($0)" }.joined(separator: ", ")))::record
                from (select \(record("n.tl_before")) as r, n.tl_before::json as j offset 0) b)
              then case n.tl_op when 'UPDATE' then 'update_differs' else 'delete_differs' end
          end as kind
        from \(keys) n left join \(rows) t on \(match("t", "n"))) d
      where k.ctid = d.id and d.kind is not null
      """
  }

  /// How many conflicts there are, by kind and by who won. Columns: kind, whether the change is left out, keys, first
  /// event, last event.
  var count: String {
    """
    select tl_kind, tl_drop, count(*), min(tl_first), max(tl_last) from \(keys) where tl_kind is not null
    group by 1, 2 order by 4
    """
  }

  /// Leaves out the changes of all keys in conflict.
  var keepAll: String { "update \(keys) set tl_drop = true where tl_kind is not null" }

  /// Leaves out changes of rows that are not older here. Of two rows with the same time, the one whose text is greater stays,
  /// on whichever side it is: so both sides end with the same.
  func keepNewer(by column: String) -> String {
    let quoted = SQLIdentifier.quote(column)
    let names = sets.columns.map(\.name).sorted()
    func text(_ source: (String) -> String) -> String {
      "row(\(names.map { "(\(source($0)))::text" }.joined(separator: ", ")))::text collate \"C\""
    }
    let fields = Dictionary(
      uniqueKeysWithValues: sets.columns.map { ($0.name, TableStatements.field($0, of: "n.r", in: "n.j")) })
    let here = text { "t.\(SQLIdentifier.quote($0))" }
    let coming = text { fields[$0] ?? "null" }
    return """
      update \(keys) k set tl_drop = true,
        tl_kind = coalesce(k.tl_kind, case when k.tl_gone then 'delete_differs' else 'update_differs' end)
      from (select o.ctid as id, \(record("o.tl_row")) as r, o.tl_row::json as j from \(keys) o offset 0) n, \(rows) t
      where k.ctid = n.id and \(match("t", "k")) and case
          when t.\(quoted) > (n.r).\(quoted) then true
          when t.\(quoted) < (n.r).\(quoted) or t.\(quoted) is null and (n.r).\(quoted) is not null then false
          when (n.r).\(quoted) is null and t.\(quoted) is not null then true
          else not k.tl_gone and \(here) > \(coming) end
      """
  }

  // MARK: A function decides

  /// Asks the function for every key in conflict. Parameter: the table's name.
  func ask(_ function: QualifiedName) -> String {
    let columns = sets.columns.map { SQLIdentifier.quote($0.name) }
    let here = columns.map { "t.\($0)::text as \($0)" }.joined(separator: ", ")
    return """
      update \(keys) k set tl_result = d.result, tl_drop = d.result is null
      from (
        select n.ctid as id, \(function.quoted)($1::text, n.tl_kind,
            case when t.tableoid is not null then to_jsonb((select h from (select \(here)) h)) end,
            case when not n.tl_gone then \(texts("n.tl_row")) end,
            case when n.tl_before is not null then \(texts("n.tl_before")) end)::jsonb as result
        from \(keys) n left join \(rows) t on \(match("t", "n"))
        where n.tl_kind is not null order by n.tl_first) d
      where k.ctid = d.id
      """
  }

  /// A row's JSON with every value as text.
  private func texts(_ json: String) -> String {
    let list = sets.columns.map { column in
      "\(json)::json ->> \(SQLLiteral.quote(column.name)) as \(SQLIdentifier.quote(column.name))"
    }
    return "to_jsonb((select h from (select \(list.joined(separator: ", "))) h))"
  }

  /// Puts what the function said into the batch, after ``dropLosers(_:)``. Parameters: the types of an update and of a
  /// deletion, the table's name.
  var stageResults: String {
    let list = sets.columns.map { column in
      let name = SQLLiteral.quote(column.name)
      return """
        case when k.tl_result ? \(name) then k.tl_result ->> \(name) else k.tl_row::json ->> \(name) end \
        as \(SQLIdentifier.quote(column.name))
        """
    }
    return """
      insert into \(Staging.table) (ev_id, ev_txid, ev_type, ev_data, ev_extra1)
      select k.tl_last, 0, case when k.tl_result = 'null' then $2::text else $1::text end,
        row_to_json((select h from (select \(list.joined(separator: ", "))) h))::text, $3::text
      from \(keys) k where k.tl_result is not null
      """
  }

  // MARK: Losers

  /// Removes the staged events of keys that are left out, or that a function decided. Parameter: the types of the table's
  /// events.
  var dropLosers: String {
    """
    delete from \(Staging.table) s using (
        select e.ctid as id, \(record("e.ev_data")) as r from \(Staging.table) e
        where e.ev_type = any ($1::text[]) offset 0) e, \(keys) k
    where s.ctid = e.id and (k.tl_drop or k.tl_result is not null) and \(matchRecord("e.r", "k"))
    """
  }

  /// The same where keys changed: what is left out takes the row's other key along. To be repeated until it removes nothing.
  var dropLinked: String {
    let values = key.map { "(x.r).\($0)" }.joined(separator: ", ")
    return """
      with losers as (
        select e.id, e.r, e.o from (
          select ctid as id, \(record("ev_data")) as r, \(record("coalesce(ev_extra3, ev_data)")) as o
          from \(Staging.table) where ev_type = any ($1::text[]) offset 0) e
        where exists (select 1 from \(keys) k where (k.tl_drop or k.tl_result is not null)
                      and (\(matchRecord("e.r", "k")) or \(matchRecord("e.o", "k"))))),
      gone as (delete from \(Staging.table) s using losers l where s.ctid = l.id returning 1)
      insert into \(keys) (tl_drop, \(keyList))
      select distinct true, \(values) from (select r from losers union all select o from losers) x
      """
  }

  // MARK: What only multimaster has

  /// Leaves out rows whose parent is neither there nor on its way in the batch.
  func keepOrphansOut(_ parent: ConflictPolicy.Parent) -> String {
    let pairs = zip(parent.columns, parent.referenced).map { (SQLIdentifier.quote($0), SQLIdentifier.quote($1)) }
    let there = pairs.map { "p.\($1) = (n.r).\($0)" }.joined(separator: " and ")
    let coming = pairs.map { "(c.r).\($1) = (n.r).\($0)" }.joined(separator: " and ")
    let isNull = pairs.map { "(n.r).\($0.0) is null" }.joined(separator: " or ")
    let name = SQLLiteral.quote(parent.table.unquoted)
    return """
      update \(keys) k set tl_drop = true, tl_kind = 'parent_missing'
      from (select o.ctid as id, \(record("o.tl_row")) as r from \(keys) o where not o.tl_gone offset 0) n
      where k.ctid = n.id and not (\(isNull))
        and not exists (select 1 from \(parent.table.quoted) p where \(there))
        and not exists (
          select 1 from (select json_populate_record(null::\(parent.table.quoted), s.ev_data::json) as r
                         from \(Staging.table) s
                         where s.ev_extra1 = \(name) and s.ev_type not like '{"op":"DELETE"%' offset 0) c
          where \(coming))
      """
  }

  /// Leaves out rows when a newer one of the same alternate key is there.
  func keepNewer(of alternate: [String], by column: String) -> String {
    let time = SQLIdentifier.quote(column)
    return """
      update \(keys) k set tl_drop = true, tl_kind = 'alternate_key'
      from \(latest) n, \(rows) t
      where k.ctid = n.id and not k.tl_drop and \(alike(alternate)) and not (\(match("t", "k")))
        and t.\(time) >= (n.r).\(time)
      """
  }

  /// Removes older rows of the same alternate key.
  func removeOlder(of alternate: [String]) -> String {
    """
    delete from \(rows) t using \(latest) n, \(keys) k
    where k.ctid = n.id and not k.tl_drop and \(alike(alternate)) and not (\(match("t", "k")))
    """
  }

  private var latest: String {
    "(select o.ctid as id, \(record("o.tl_row")) as r from \(keys) o where not o.tl_gone offset 0)"
  }

  private func alike(_ columns: [String]) -> String {
    columns.map(SQLIdentifier.quote).map { "t.\($0) = (n.r).\($0)" }.joined(separator: " and ")
  }

  // MARK: Records

  /// Keeps the rows of conflicts. Parameters: origin, queue, consumer, schema, table.
  var keepRows: String {
    let columns = sets.columns.map { SQLIdentifier.quote($0.name) }
    let here = columns.map { "t.\($0)" }.joined(separator: ", ")
    return """
      insert into trunkline.conflict_row (origin_id, queue_name, consumer_name, schema_name, table_name, kind, outcome,
        ev_id, local_row, remote_row, remote_before)
      select $1::uuid, $2::text, $3::text, $4::text, $5::text, n.tl_kind,
        case when n.tl_drop then 'kept' when n.tl_result is not null then 'function' else 'written' end, n.tl_last,
        case when t.tableoid is not null then to_jsonb((select h from (select \(here)) h)) end,
        case when not n.tl_gone then n.tl_row::jsonb end, n.tl_before::jsonb
      from \(keys) n left join \(rows) t on \(match("t", "n"))
      where n.tl_kind is not null order by n.tl_first
      """
  }
}
