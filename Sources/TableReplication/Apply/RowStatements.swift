import EventFormats
import TableStructure

/// The SQL that applies one event to one table. The first parameter is the event's row as JSON.
struct RowStatements {
  private let sets: TableStatements
  private let key: [String]

  /// Prepares for the columns of one event.
  ///
  /// - Throws: ``ApplyError`` when the target lacks a column, or the event lacks the key.
  init(table: TableShape, payload: [String], key: [String]) throws {
    self.sets = try TableStatements(table: table, payload: payload, key: key, number: 0)
    self.key = key
  }

  /// Inserts the row.
  var insert: String { "insert into \(target) (\(list))\(overriding) select \(fields) from \(row)" }

  /// Inserts the row if its key has none.
  var insertMissing: String { "\(insert) where not exists (select 1 from \(sets.table.ownRows) t where \(match))" }

  /// Deletes the row of the key.
  var delete: String { "delete from \(sets.table.ownRows) t using \(row) where \(match)" }

  /// Writes over the row of the key; `nil` when there is nothing but the key.
  var update: String? {
    let changed = sets.columns.filter { (!key.contains($0.name) || !$0.isPlain) && !$0.isIdentityAlways }
    guard !changed.isEmpty else { return nil }
    let assignments = changed.map { "\(SQLIdentifier.quote($0.name)) = \(value($0))" }
    return "update \(sets.table.ownRows) t set \(assignments.joined(separator: ", ")) from \(row) where \(match)"
  }

  /// Writes over the row of an old key, which is the second parameter, the key included; `nil` when the target makes
  /// the key itself.
  var updateKey: String? {
    guard !sets.columns.contains(where: { key.contains($0.name) && $0.isIdentityAlways }) else { return nil }
    let assignments = sets.columns.filter { !$0.isIdentityAlways }
      .map { "\(SQLIdentifier.quote($0.name)) = \(value($0))" }
    let old = key.map { "t.\(SQLIdentifier.quote($0)) = (o.r).\(SQLIdentifier.quote($0))" }
    return """
      update \(sets.table.ownRows) t set \(assignments.joined(separator: ", ")) from \(row),
        (select json_populate_record(null::\(target), $2::json) as r offset 0) o
      where \(old.joined(separator: " and "))
      """
  }

  private var target: String { sets.target }
  private var row: String { "(select json_populate_record(null::\(target), $1::json) as r, $1::json as j offset 0) x" }
  private var list: String { sets.columns.map { SQLIdentifier.quote($0.name) }.joined(separator: ", ") }
  private var fields: String { sets.columns.map(value).joined(separator: ", ") }
  private func value(_ column: TableShape.Column) -> String { TableStatements.field(column, of: "x.r", in: "x.j") }
  private var overriding: String { sets.columns.contains(where: \.isIdentityAlways) ? " overriding system value" : "" }
  private var match: String {
    key.map { "t.\(SQLIdentifier.quote($0)) = (x.r).\(SQLIdentifier.quote($0))" }.joined(separator: " and ")
  }
}
