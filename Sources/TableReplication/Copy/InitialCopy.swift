package import EventFormats
package import Logging
package import PostgresClient
import TableStructure

/// Fills tables of the target with what the source holds, so that changes can be applied on top without a gap.
///
/// All tables are read in one snapshot of the source. The snapshot is stored with the rows, in one transaction a table:
/// events of transactions that it sees are in the copy and are not applied again. The consumer must have been
/// registered before, so that every later event waits for it. A table that was copied is skipped the next time, so the
/// copy can be repeated after a crash.
package struct InitialCopy: Sendable {
  /// Which tables to fill, and for whom.
  package var tables: [QualifiedName]
  package var origin: String
  package var queue: String
  package var consumer: String
  /// Whether rows that the target tables hold may be removed.
  package var mayTruncate = false
  package var logger: Logger

  package init(tables: [QualifiedName], origin: String, queue: String, consumer: String, logger: Logger) {
    self.tables = tables
    self.origin = origin
    self.queue = queue
    self.consumer = consumer
    self.logger = logger
  }

  /// Copies what is not copied yet.
  ///
  /// - Parameter progress: called after every table with its name and rows.
  /// - Returns: the number of rows copied.
  /// - Throws: ``ApplyError``: a table is missing or not empty; `PostgresError`.
  @discardableResult
  package func run(
    from source: PostgresConnection, to target: PostgresConnection,
    progress: @Sendable (QualifiedName, Int) -> Void = { _, _ in }
  ) async throws -> Int {
    let done = try await copied(target)
    let open = tables.filter { !done.contains($0.unquoted) }
    guard !open.isEmpty else { return 0 }
    return try await source.transaction(.init(isolation: .repeatableRead, isReadOnly: true)) { source in
      guard let snapshot: String = try await source.query("select txid_current_snapshot()").first?.decode(0) else {
        throw PostgresError(.decoding, "the source gave no snapshot")
      }
      var total = 0
      for table in try await inReferenceOrder(open, target) {
        let rows = try await copy(table, snapshot: snapshot, from: source, to: target)
        progress(table, rows)
        total += rows
      }
      return total
    }
  }

  /// Referenced tables first, as foreign keys of the target may be checked while rows come in.
  private func inReferenceOrder(
    _ open: [QualifiedName], _ target: PostgresConnection
  ) async throws -> [QualifiedName] {
    var shapes: [(name: QualifiedName, shape: TableShape)] = []
    for name in open {
      guard let shape = try await TableShape.read(name, target) else { throw missing(name) }
      shapes.append((name, shape))
    }
    let names = Dictionary(shapes.map { ($0.shape.oid, $0.name) }, uniquingKeysWith: { first, _ in first })
    return ReferenceOrder.sort(shapes.map(\.shape)).compactMap { names[$0] }
  }

  private func missing(_ name: QualifiedName) -> ApplyError {
    ApplyError(
      table: name, reason: "the target has no such table",
      remedy: "create it, for example with pg_dump --schema-only --table")
  }

  private func copied(_ target: PostgresConnection) async throws -> Set<String> {
    let rows = try await target.query(
      """
      select schema_name || '.' || table_name from trunkline.copied_table
      where origin_id = \(origin)::uuid and queue_name = \(queue) and consumer_name = \(consumer)
      """)
    return Set(try rows.map { try $0.decode(0, as: String.self) })
  }

  private func copy(
    _ name: QualifiedName, snapshot: String, from source: PostgresConnection, to target: PostgresConnection
  ) async throws -> Int {
    guard let sourceShape = try await TableShape.read(name, source) else {
      throw ApplyError(table: name, reason: "the source has no such table", remedy: "stop capturing it")
    }
    guard let shape = try await TableShape.read(name, target) else { throw missing(name) }
    let columns = try sharedColumns(sourceShape, shape)
    let list = columns.map(SQLIdentifier.quote).joined(separator: ", ")
    return try await target.transaction { target in
      try await makeRoom(shape, target)
      // ONLY: children by inheritance are tables of their own. A partitioned table has its rows in its partitions.
      let rows = try await source.copyOut(
        "copy (select \(list) from \(sourceShape.ownRows)) to stdout"
      ) { chunks in
        try await target.copyIn("copy \(shape.name.quoted) (\(list)) from stdin") { writer in
          for try await chunk in chunks { try await writer.write(chunk) }
        }
      }
      try await target.query(
        """
        insert into trunkline.copied_table
          (origin_id, queue_name, consumer_name, schema_name, table_name, snapshot, rows)
        values (\(origin)::uuid, \(queue), \(consumer), \(sourceShape.name.schema?.name ?? ""),
          \(sourceShape.name.name.name), \(snapshot)::txid_snapshot, \(rows))
        """)
      return rows
    }
  }

  private func sharedColumns(_ source: TableShape, _ target: TableShape) throws -> [String] {
    let writable = Set(target.writableColumns.map(\.name))
    let missing = source.writableColumns.filter { column in !target.columns.contains { $0.name == column.name } }
    if let column = missing.first {
      throw ApplyError(
        table: target.name, reason: "the target table has no column \"\(column.name)\"",
        remedy: "add it to the target, or capture the table without it and copy it yourself")
    }
    return source.columns.map(\.name).filter(writable.contains)
  }

  private func makeRoom(_ shape: TableShape, _ target: PostgresConnection) async throws {
    let first = try await target.query("select 1 from \(raw: shape.ownRows) limit 1")
    guard !first.isEmpty else { return }
    guard mayTruncate else {
      throw ApplyError(
        table: shape.name, reason: "the target table is not empty",
        remedy: "empty it, or allow that with --truncate")
    }
    try await target.execute("delete from \(shape.ownRows)")
  }
}
