import PostgresClient
import ServiceRuntime
import TableStructure

extension SetSource {
  /// Refuses a table of which a copy has taken something down there: who makes it by that example would never get it.
  ///
  /// - Throws: ``SetError`` that names what is missing, and how to go on; `PostgresError`.
  func checkIsWhole(_ table: RegisteredTable) async throws {
    let name = table.localName.unquoted
    var missing = try await names(
      """
      select 'foreign key ' || fkey_name from londiste.pending_fkeys where from_table = \(name)
      union all
      select 'indexes' from londiste.table_info t
      where t.queue_name = \(set.queue) and t.table_name = \(table.name) and t.dropped_ddl is not null
      """)
    if try await set.connection.query("select to_regclass('trunkline.parked_ddl') is not null").first?.decode(0) == true
    {
      missing += try await names(
        "select kind || ' ' || object_name from trunkline.parked_ddl where schema_name || '.' || table_name = \(name)")
    }
    guard missing.isEmpty else {
      throw SetError(
        "table \(name) is being copied on node \(set.node) and not whole there: \(missing.joined(separator: ", "))",
        hint: "wait for it: trunkline table wait-sync on \(set.node); or take it from another node: --copy-node",
        exitCode: .temporary)
    }
  }

  private func names(_ query: PostgresQuery) async throws -> [String] {
    try await set.connection.query(query).map { try $0.decode(0) }
  }
}
