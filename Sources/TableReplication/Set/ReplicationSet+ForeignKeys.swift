import PostgresClient
import TableStructure

/// A foreign key of tables of a set.
public struct SetForeignKey: Codable, Sendable, Equatable {
  /// Where it stands.
  public enum State: String, Codable, Sendable {
    /// It holds for every row.
    case valid
    /// It holds for new rows; the others were not looked at.
    case notValidated = "not validated"
    /// It was taken down, and both tables are in sync: it can come back.
    case restorable
    /// It was taken down, and waits for a table.
    case pending
  }

  /// Table, table to which it refers, name, definition.
  public var table: String, references: String, name: String, definition: String
  /// Where it stands.
  public var state: State
  /// What it waits for.
  public var waitsFor: String?
}

extension ReplicationSet {
  /// Foreign keys from and to the tables here, and those that wait.
  ///
  /// - Throws: `PostgresError`.
  public func foreignKeys() async throws -> [SetForeignKey] {
    let there = try await connection.query(
      """
      select distinct f.from_table, f.to_table, f.fkey_name, f.fkey_def, c.convalidated
      from londiste.table_info t
      cross join lateral londiste.find_table_fkeys(coalesce(t.dest_table, t.table_name)) f
      join pg_constraint c on c.conrelid = londiste.find_table_oid(f.from_table) and c.conname = f.fkey_name and c.contype = 'f'
      where t.queue_name = \(queue) and t.local
      """
    ).map { row in
      SetForeignKey(
        table: try row.decode(0), references: try row.decode(1), name: try row.decode(2), definition: try row.decode(3),
        state: try row.decode(4, as: Bool.self) ? .valid : .notValidated)
    }
    let waiting = try await connection.query(
      """
      select p.from_table, p.to_table, p.fkey_name, p.fkey_def,
             exists (select 1 from londiste.get_valid_pending_fkeys(\(queue)) v
                     where v.from_table = p.from_table and v.fkey_name = p.fkey_name),
             (select string_agg(
                case when londiste.find_table_oid(x.name) is null then x.name || ' does not exist here'
                     when t.table_name is null then x.name || ' is not replicated here'
                     else x.name || ' is not in sync' end, ', ' order by x.name)
              from (select p.from_table union select p.to_table) x (name)
              left join lateral (select * from londiste.table_info i
                where i.local and coalesce(i.dest_table, i.table_name) = x.name
                order by i.merge_state = 'ok' and i.custom_snapshot is null nulls first limit 1) t on true
              where t.table_name is null or t.merge_state is distinct from 'ok' or t.custom_snapshot is not null)
      from londiste.pending_fkeys p
      """
    ).map { row in
      SetForeignKey(
        table: try row.decode(0), references: try row.decode(1), name: try row.decode(2), definition: try row.decode(3),
        state: try row.decode(4, as: Bool.self) ? .restorable : .pending, waitsFor: try row.decode(5))
    }
    let isWaiting = { (key: SetForeignKey) in waiting.contains { $0.table == key.table && $0.name == key.name } }
    return (there.filter { !isWaiting($0) } + waiting).sorted { ($0.table, $0.name) < ($1.table, $1.name) }
  }

  /// Makes foreign keys again: first for new rows, then for all, each step in a transaction of its own.
  ///
  /// - Parameter isForced: also those whose tables are not in sync, or not replicated here at all.
  /// - Throws: `PostgresError` of the first that its rows violate.
  public func restoreForeignKeys(
    isForced: Bool = false, isDry: Bool = false, report: (SetResult) throws -> Void
  ) async throws {
    for key in try await foreignKeys() where key.state != .valid {
      let name = "\(key.table) \(key.name)"
      guard key.state != .pending || isForced else {
        try report(SetResult(name, "waits", warnings: [key.waitsFor ?? "another queue of this database restores it"]))
        continue
      }
      let table = CatalogName(unquoted: key.table)
      var steps: [String] = []
      if key.state == .notValidated {
        steps = ["alter table \(table.quoted) validate constraint \(quotedIdentifier(key.name))"]
        if !isDry { try await connection.execute(steps[0]) }
      } else {
        steps = try await restore(key, isDry)
      }
      try report(SetResult(name, isDry ? "planned" : "restored", sql: isDry ? steps : nil))
    }
  }

  /// The function names each step in turn; nothing: done.
  private func restore(_ key: SetForeignKey, _ isDry: Bool) async throws -> [String] {
    guard !isDry else {
      return [key.definition, "delete from londiste.pending_fkeys where fkey_name = \(quotedLiteral(key.name))"]
    }
    var steps: [String] = []
    while let step: String = try await connection.query(
      "select londiste.restore_table_fkey(\(key.table), \(key.name), true)"
    ).first?.decode(0, as: String?.self), steps.count < 5 {
      try await connection.execute(step)
      steps.append(step)
    }
    // what is there and valid is only forgotten
    try await connection.query("select londiste.restore_table_fkey(\(key.table), \(key.name), false)")
    return steps
  }
}
