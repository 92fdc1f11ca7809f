import EventFormats
import TableStructure

/// The SQL that brings staged events into one table. Text only: nothing is executed here.
///
/// Captured rows are JSON objects; `json_populate_record` turns them into rows of the target's own type with the types'
/// input functions, which takes back exactly what their output functions wrote. Only for json and jsonb it does not: there a
/// string would become a JSON string, so their text is taken out of the object by itself (``field(_:of:in:)``).
struct TableStatements: Sendable, Equatable {
  /// Where the events of the batch lie, see ``Staging``.
  let table: TableShape
  /// The columns that the events bring and the target has.
  let columns: [TableShape.Column]
  let key: [String]
  /// The temporary table for the last state of every key.
  let net: String

  /// Prepares for the columns named in the events.
  ///
  /// - Throws: ``ApplyError`` when the target lacks a column, or the events lack the key.
  init(table: TableShape, payload: [String], key: [String], number: Int) throws {
    self.table = table
    self.key = key
    self.net = "trunkline_net_\(number)"
    let known = Dictionary(uniqueKeysWithValues: table.columns.map { ($0.name, $0) })
    var columns: [TableShape.Column] = []
    for name in payload {
      guard let column = known[name] else {
        throw ApplyError(
          table: table.name, reason: "the events have a column \"\(name)\" that the target table has not",
          remedy: "add the column to the target table, or leave it out of the capture")
      }
      if !column.isGenerated { columns.append(column) }
    }
    self.columns = columns
    for name in key where !columns.contains(where: { $0.name == name }) {
      throw ApplyError(
        table: table.name, reason: "the key column \"\(name)\" is not in the events or not writable",
        remedy: "capture the table with its key columns")
    }
  }

  /// Makes the temporary table.
  var createNet: String {
    let definitions = columns.map { "\(SQLIdentifier.quote($0.name)) \($0.type)" }
    // What is kept for a moment only need not be compressed.
    let storage = columns.filter { Self.isText($0) || $0.isJSON }.map {
      "; alter table pg_temp.\(net) alter column \(SQLIdentifier.quote($0.name)) set storage external"
    }
    return """
      create temporary table \(net) (tl_event int8, tl_present bool, \(definitions.joined(separator: ", "))) \
      on commit delete rows\(storage.joined())
      """
  }

  private static func isText(_ column: TableShape.Column) -> Bool {
    column.type == "text" || column.type == "bytea" || column.type.hasPrefix("character varying")
  }

  /// What a column becomes. Where a long value is what the row has already, the row's own is put there: then the server leaves it where
  /// it is, instead of compressing and storing it anew.
  private static func assignment(_ column: TableShape.Column) -> String {
    let name = SQLIdentifier.quote(column.name)
    guard isText(column) else { return "\(name) = n.\(name)" }
    // byte by byte, whatever the column's collation takes for equal
    let exactly = column.type == "bytea" ? "" : " collate \"C\""
    return """
      \(name) = case when octet_length(n.\(name)) > 2000 and n.\(name)\(exactly) = t.\(name)\(exactly) then t.\(name) else n.\(name) end
      """
  }

  /// Inserts the rows of the events as they are. Parameters: types, event to begin after.
  var insertAll: String {
    """
    insert into \(target) (\(list()))\(overriding) select \(fields("x.r", "x.j")) from (
      select json_populate_record(null::\(target), ev_data::json) as r, ev_data::json as j from \(Staging.table)
      where ev_type = any ($1::text[]) and ev_id > $2::int8 offset 0) x
    """
  }

  /// Takes the rows of new events as they come.
  var copyInserted: String { "copy \(target) (\(list())) from stdin" }

  /// Takes the last state of every key as it comes.
  var copyNet: String { "copy pg_temp.\(net) (tl_event, tl_present, \(list())) from stdin" }

  /// Reduces the events to the last state of every key. Parameters: types that bring a state, types that delete, event
  /// to begin after. A changed key is the old key's deletion and the new key's state.
  func fillNet(withKeyChanges: Bool) -> String {
    let keyed = key.map { "(r).\(SQLIdentifier.quote($0))" }.joined(separator: ", ")
    var events = """
      select ev_id, 1 as part, ev_type = any ($1::text[]) as present,
             json_populate_record(null::\(target), ev_data::json) as r, ev_data::json as j
      from \(Staging.table) where ev_type = any ($1::text[] || $2::text[]) and ev_id > $3::int8
      """
    if withKeyChanges {
      events += """
         union all
        select ev_id, 0, false, json_populate_record(null::\(target), ev_extra3::json), ev_extra3::json
        from \(Staging.table) where ev_type = any ($1::text[]) and ev_id > $3::int8 and ev_extra3 is not null
        """
    }
    return """
      insert into \(net) (tl_event, tl_present, \(list()))
      select distinct on (\(keyed)) ev_id, present, \(fields("r", "j")) from (\(events) offset 0) x
      order by \(keyed), ev_id desc, part desc
      """
  }

  /// Deletes the rows whose last state is "gone".
  var deleteGone: String { "delete from \(table.ownRows) t using \(net) n where \(match) and not n.tl_present" }

  /// Writes the last state over rows that exist. `nil` when there is nothing but the key.
  var updatePresent: String? {
    // A key column is written, too, where equal values can look different (1.0 and 1.00).
    let changed = columns.filter { !key.contains($0.name) || !$0.isPlain }
    guard !changed.isEmpty else { return nil }
    let list = changed.filter { !$0.isIdentityAlways }.map(Self.assignment)
    guard !list.isEmpty else { return nil }
    return """
      update \(table.ownRows) t set \(list.joined(separator: ", ")) from \(net) n where \(match) and n.tl_present
      """
  }

  /// Inserts the last state of keys that have no row.
  var insertMissing: String {
    """
    insert into \(target) (\(list()))\(overriding) select \(list("n")) from \(net) n
    where n.tl_present and not exists (select 1 from \(table.ownRows) t where \(match))
    """
  }

  /// Deletes every row that the batch touches, for batches in which rows swap unique values.
  var deleteTouched: String { "delete from \(table.ownRows) t using \(net) n where \(match)" }

  /// Inserts the last state of every key, after ``deleteTouched``.
  var insertPresent: String {
    "insert into \(target) (\(list()))\(overriding) select \(list("n")) from \(net) n where n.tl_present"
  }

  /// Number of keys that have a last state.
  var countPresent: String { "select count(*) from \(net) where tl_present" }

  var target: String { table.name.quoted }

  /// Finds rows that share the values of a unique constraint, one query each. Where triggers of the target are silent,
  /// so is the check of a deferrable constraint.
  var duplicates: [String] {
    table.deferrableKeys.map { key in
      """
      select 1 from \(target) where (\(key)) in (select \(key) from \(net) where tl_present)
      group by \(key) having count(*) > 1 limit 1
      """
    }
  }

  /// Whether the target has columns of its own, which must survive when a row is written anew.
  var leavesColumns: Bool { table.writableColumns.count > columns.count }

  private var overriding: String {
    columns.contains(where: \.isIdentityAlways) ? " overriding system value" : ""
  }

  private var match: String {
    key.map { "t.\(SQLIdentifier.quote($0)) = n.\(SQLIdentifier.quote($0))" }.joined(separator: " and ")
  }

  private func list(_ prefix: String? = nil) -> String {
    columns.map { (prefix.map { "\($0)." } ?? "") + SQLIdentifier.quote($0.name) }.joined(separator: ", ")
  }

  private func fields(_ record: String, _ object: String) -> String {
    columns.map { Self.field($0, of: record, in: object) }.joined(separator: ", ")
  }

  /// A column's value from an event: the record that was made of it, and the JSON object that it was made of.
  static func field(_ column: TableShape.Column, of record: String, in object: String) -> String {
    column.isJSON
      ? "(\(object) ->> \(SQLLiteral.quote(column.name)))::\(column.type)"
      : "(\(record)).\(SQLIdentifier.quote(column.name))"
  }
}
