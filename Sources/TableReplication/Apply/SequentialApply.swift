import EventFormats
import PostgresClient
import TableStructure

/// Applies the staged events one after another in the order of their ids: slow, but right whatever the order inside the
/// batch means, and able to name the event that cannot be applied.
struct SequentialApply: Sendable {
  let target: PostgresConnection
  let tables: @Sendable (QualifiedName) async throws -> TableShape

  /// Events fetched at a time.
  private static let page = 500

  /// Applies every staged event.
  ///
  /// - Returns: the number of rows written.
  /// - Throws: ``ApplyError`` naming the event; `PostgresError` for a lost connection.
  func applyAll() async throws -> Int {
    var rows = 0
    var last: (id: Int64, part: Int64) = (-1, 0)
    while true {
      // A retried event can stand twice in a batch, so the page ends on the row's address, not on the id alone.
      let page = try await target.query(
        """
        select ev_id, ev_type, ev_data, ev_extra3, split_part(trim('()' from ctid::text), ',', 1)::int8 * 65536
          + split_part(trim('()' from ctid::text), ',', 2)::int8
        from pg_temp.trunkline_stage
        where (ev_id, split_part(trim('()' from ctid::text), ',', 1)::int8 * 65536
          + split_part(trim('()' from ctid::text), ',', 2)::int8) > (\(last.id), \(last.part))
        order by 1, 5 limit \(Self.page)
        """)
      guard !page.isEmpty else { return rows }
      for row in page {
        let (id, type, data, oldKey, part) = try row.decode(
          Int64.self, String?.self, String?.self, String?.self, Int64.self)
        rows += try await apply(id, type ?? "", data ?? "", oldKey: oldKey)
        last = (id, part)
      }
    }
  }

  private func apply(_ id: Int64, _ type: String, _ data: String, oldKey: String?) async throws -> Int {
    var table: QualifiedName?
    do {
      let header = try ChangeHeader(parsing: type)
      table = header.table
      let shape = try await tables(header.table)
      if header.operation == .truncate {
        // Not TRUNCATE: tables that refer to this one may be emptied by later events only.
        try await target.execute("delete from \(shape.name.quoted)")
        return 0
      }
      let payload = try JSONRow.decode(data).map(\.name)
      if header.operation == .insert, header.key.isEmpty {
        let sql = try RowStatements(table: shape, payload: payload, key: [])
        return try await target.query(PostgresQuery(sql.insert, [data])).affectedRows
      }
      guard !header.key.isEmpty else {
        throw ApplyError(
          table: table, event: id, reason: "a row was changed but the captured table has no key",
          remedy: "give the table a primary key, or capture it with --key")
      }
      let sql = try RowStatements(table: shape, payload: payload, key: header.key)
      if header.operation == .delete { return try await target.query(PostgresQuery(sql.delete, [data])).affectedRows }
      if let oldKey { try await target.query(PostgresQuery(sql.delete, [oldKey])) }
      if let update = sql.update, try await target.query(PostgresQuery(update, [data])).affectedRows > 0 { return 1 }
      return try await target.query(PostgresQuery(sql.insertMissing, [data])).affectedRows
    } catch let error as FormatError {
      throw ApplyError(
        table: table, event: id, reason: "the event does not parse: \(error)",
        remedy: "find out who wrote it; move the consumer past it with `trunkline consumer seek`")
    } catch let error as PostgresError where error.code == .server && !error.isTransient {
      throw ApplyError(
        table: table, event: id, reason: error.message,
        remedy: error.hint ?? "make the target accept the row (\(error.detail ?? "see the error's details")), then the "
          + "worker goes on by itself", cause: error)
    } catch var error as ApplyError {
      error.event = error.event ?? id
      throw error
    }
  }
}
