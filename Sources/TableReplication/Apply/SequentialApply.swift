import EventFormats
import PostgresClient
import TableStructure

/// Applies the staged events one after another in the order of their ids: slow, but right whatever the order inside the
/// batch means, and able to name the event that cannot be applied.
struct SequentialApply: Sendable {
  let target: PostgresConnection
  let tables: @Sendable (QualifiedName) async throws -> TableShape
  /// Puts an event aside that cannot be applied; without it, such an event ends the batch.
  var park: (@Sendable (_ event: Int64, _ reason: String) async throws -> Void)?

  /// Events fetched at a time, and the bytes of their data that a page should not exceed by much.
  private static let page = 500, pageBytes = 4 << 20

  /// Applies every staged event.
  ///
  /// - Returns: the number of rows written.
  /// - Throws: ``ApplyError`` naming the event; `PostgresError` for a lost connection.
  func applyAll() async throws -> Int {
    var rows = 0
    var limit = Self.page
    var written: Set<QualifiedName> = []
    // A retried event can stand twice in a batch: a cursor keeps its place where an id would not.
    try await target.execute(
      """
      declare trunkline_events no scroll cursor for
      select ev_id, ev_type, ev_data, ev_extra3 from \(Staging.table) order by ev_id, ctid
      """)
    while true {
      let page = try await target.query("fetch \(raw: "\(limit)") from trunkline_events")
      guard !page.isEmpty else { break }
      var bytes = 0
      for row in page {
        let (id, type, data, oldKey) = try row.decode(Int64.self, String?.self, String?.self, String?.self)
        bytes += data?.utf8.count ?? 0
        guard let (table, count) = try await applyOrPark(id, type ?? "", data ?? "", oldKey: oldKey) else { continue }
        rows += count
        written.insert(table)
      }
      limit = max(1, min(Self.page, Self.pageBytes / max(1, bytes / page.count)))
    }
    try await target.execute("close trunkline_events")
    for table in written { try await refuseDuplicates(tables(table)) }
    return rows
  }

  /// Where triggers of the target are silent, deferrable constraints are not checked by the server.
  private func refuseDuplicates(_ table: TableShape) async throws {
    for key in table.deferrableKeys {
      let sql = "select 1 from \(table.name.quoted) where (\(key)) is not null group by \(key) having count(*) > 1"
      let found = try await target.query(PostgresQuery(sql + " limit 1"))
      guard found.isEmpty else {
        throw ApplyError(
          table: table.name, reason: "two rows of the target have the same \(key), which is unique there",
          remedy: "remove the rows of the target that the source has not; then the worker goes on by itself")
      }
    }
  }

  /// Applies an event; `nil` when it was put aside, with nothing of it done.
  private func applyOrPark(
    _ id: Int64, _ type: String, _ data: String, oldKey: String?
  ) async throws -> (QualifiedName, Int)? {
    guard let park else { return try await apply(id, type, data, oldKey: oldKey) }
    do {
      return try await target.savepoint { _ in try await apply(id, type, data, oldKey: oldKey) }
    } catch let error as ApplyError where error.isAboutTheEvent {
      try await park(id, error.reason)
      return nil
    }
  }

  private func apply(
    _ id: Int64, _ type: String, _ data: String, oldKey: String?
  ) async throws -> (QualifiedName, Int) {
    var table: QualifiedName?
    do {
      let header = try ChangeHeader(parsing: type)
      table = header.table
      let shape = try await tables(header.table)
      return (header.table, try await write(id, header, shape, data, oldKey: oldKey))
    } catch let error as FormatError {
      throw ApplyError(
        table: table, event: id, reason: "the event does not parse: \(error)", remedy: ApplyRemedy.leaveOut(id))
    } catch let error as PostgresError where error.code == .server && !error.isTransient {
      throw ApplyError(
        table: table, event: id, reason: error.message, remedy: ApplyRemedy.text(for: error), cause: error)
    } catch var error as ApplyError {
      error.event = error.event ?? id
      throw error
    }
  }

  private func write(
    _ id: Int64, _ header: ChangeHeader, _ shape: TableShape, _ data: String, oldKey: String?
  ) async throws -> Int {
    if header.operation == .truncate {
      // Not TRUNCATE: tables that refer to this one may be emptied by later events only.
      try await target.execute("delete from \(shape.ownRows)")
      return 0
    }
    let payload = try JSONRow.decode(data).map(\.name)
    if header.operation == .insert, header.key.isEmpty {
      let sql = try RowStatements(table: shape, payload: payload, key: [])
      return try await target.query(PostgresQuery(sql.insert, [data])).affectedRows
    }
    guard !header.key.isEmpty else {
      throw ApplyError(
        table: shape.name, event: id, reason: "a row was changed but the captured table has no key",
        remedy: "give the table a primary key, or capture it with --key")
    }
    let sql = try RowStatements(table: shape, payload: payload, key: header.key)
    if header.operation == .delete { return try await target.query(PostgresQuery(sql.delete, [data])).affectedRows }
    if let oldKey {
      // In place, so that columns which are not captured keep their values.
      if let updateKey = sql.updateKey {
        let updated = try await target.query(PostgresQuery(updateKey, [data, oldKey])).affectedRows
        if updated > 0 { return updated }
      } else {
        try await target.query(PostgresQuery(sql.delete, [oldKey]))
      }
    }
    if let update = sql.update, try await target.query(PostgresQuery(update, [data])).affectedRows > 0 { return 1 }
    return try await target.query(PostgresQuery(sql.insertMissing, [data])).affectedRows
  }
}
