import EventFormats
import PostgresClient

/// What the target knows about copies: `trunkline.table_copy`, `copy_range`, `copied_table`.
struct CopyLedger: Sendable {
  let owner: CopyOwner

  /// A copy that was begun before.
  struct Begun: Sendable {
    var firstSnapshot: TransactionSnapshot
    var lastSnapshot: TransactionSnapshot
    var finished: [PiecePlan.Finished]
    /// Whether all rows are there.
    var isCopied: Bool
    var rows: Int64
  }

  /// Tables whose copy is finished, by `schema.table` of the source.
  func copied(_ target: PostgresConnection) async throws -> Set<String> {
    let rows = try await target.query(
      """
      select schema_name || '.' || table_name from trunkline.copied_table
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
      """)
    return Set(try rows.map { try $0.decode(0, as: String.self) })
  }

  /// What is there of a copy that was begun; `nil`: it was not.
  func begun(_ table: CopyTable, _ target: PostgresConnection) async throws -> Begun? {
    let found = try await target.query(
      """
      select first_snapshot, last_snapshot, is_copied from trunkline.table_copy
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
        and schema_name = \(table.sourceSchema) and table_name = \(table.source.name.name)
      """)
    guard let (first, last, isCopied) = try found.first?.decode(String.self, String.self, Bool.self) else {
      return nil
    }
    let ranges = try await target.query(
      """
      select relation, filenode, first_block, end_block, snapshot, rows from trunkline.copy_range
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
        and schema_name = \(table.sourceSchema) and table_name = \(table.source.name.name)
      order by relation, first_block
      """)
    var begun = Begun(
      firstSnapshot: try TransactionSnapshot(parsing: first), lastSnapshot: try TransactionSnapshot(parsing: last),
      finished: [], isCopied: isCopied, rows: 0)
    for row in ranges {
      let (relation, filenode, first, end, snapshot, rows) = try row.decode(
        String.self, Int64.self, Int64.self, Int64.self, String.self, Int64.self)
      begun.finished.append(
        PiecePlan.Finished(
          relation: relation, filenode: filenode, blocks: BlockRange(first: first, end: end),
          snapshot: try TransactionSnapshot(parsing: snapshot)))
      begun.rows += rows
    }
    return begun
  }

  /// Writes down that a copy begins, or begins anew.
  func begin(_ table: CopyTable, _ snapshot: TransactionSnapshot, _ target: PostgresConnection) async throws {
    try await forget(table, target)
    try await target.query(
      """
      insert into trunkline.table_copy (origin_id, queue_name, consumer_name, schema_name, table_name, target_schema,
        target_name, first_snapshot, last_snapshot)
      values (\(owner.origin)::uuid, \(owner.queue), \(owner.consumer), \(table.sourceSchema),
        \(table.source.name.name), \(table.target.schema?.name ?? ""), \(table.target.name.name),
        \(snapshot.description)::txid_snapshot, \(snapshot.description)::txid_snapshot)
      """)
  }

  /// Writes down that a copy goes on under another snapshot.
  func resume(_ table: CopyTable, _ snapshot: TransactionSnapshot, _ target: PostgresConnection) async throws {
    try await target.query(
      """
      update trunkline.table_copy set last_snapshot = \(snapshot.description)::txid_snapshot
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
        and schema_name = \(table.sourceSchema) and table_name = \(table.source.name.name)
      """)
  }

  /// Writes down that all rows are there.
  func settle(_ table: CopyTable, _ target: PostgresConnection) async throws {
    try await target.query(
      """
      update trunkline.table_copy set is_copied = true
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
        and schema_name = \(table.sourceSchema) and table_name = \(table.source.name.name) and not is_copied
      """)
  }

  /// Forgets a copy that was begun.
  func forget(_ table: CopyTable, _ target: PostgresConnection) async throws {
    try await target.query(
      """
      delete from trunkline.table_copy
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
        and schema_name = \(table.sourceSchema) and table_name = \(table.source.name.name)
      """)
  }

  /// Writes down, in the transaction that brought it, that a piece is in the target.
  func finish(
    _ piece: CopyPiece, of table: CopyTable, rows: Int, bytes: Int64, _ snapshot: TransactionSnapshot,
    _ target: PostgresConnection
  ) async throws {
    let blocks = piece.blocks ?? BlockRange(first: 0, end: .max)
    try await target.query(
      """
      insert into trunkline.copy_range as r (origin_id, queue_name, consumer_name, schema_name, table_name, relation,
        filenode, first_block, end_block, rows, bytes, snapshot)
      values (\(owner.origin)::uuid, \(owner.queue), \(owner.consumer), \(table.sourceSchema),
        \(table.source.name.name), \(piece.relation.unquoted), \(piece.filenode), \(blocks.first), \(blocks.end),
        \(rows), \(bytes), \(snapshot.description)::txid_snapshot)
      on conflict (origin_id, queue_name, consumer_name, schema_name, table_name, relation, first_block) do update
      set rows = r.rows + excluded.rows, bytes = r.bytes + excluded.bytes, snapshot = excluded.snapshot,
          copied_at = clock_timestamp()
      """)
  }

  /// Writes down that the table is copied. Events that its first snapshot sees are not applied to it.
  ///
  /// - Returns: the number of rows, and that snapshot.
  func complete(_ table: CopyTable, _ target: PostgresConnection) async throws -> (rows: Int64, snapshot: String) {
    let rows = try await target.query(
      """
      insert into trunkline.copied_table
        (origin_id, queue_name, consumer_name, schema_name, table_name, snapshot, rows, sync_snapshot)
      select c.origin_id, c.queue_name, c.consumer_name, c.schema_name, c.table_name, c.first_snapshot,
        (select coalesce(sum(r.rows), 0) from trunkline.copy_range r
         where r.origin_id = c.origin_id and r.queue_name = c.queue_name and r.consumer_name = c.consumer_name
           and r.schema_name = c.schema_name and r.table_name = c.table_name),
        c.last_snapshot
      from trunkline.table_copy c
      where c.origin_id = \(owner.origin)::uuid and c.queue_name = \(owner.queue)
        and c.consumer_name = \(owner.consumer) and c.schema_name = \(table.sourceSchema)
        and c.table_name = \(table.source.name.name)
      returning rows, snapshot
      """)
    try await forget(table, target)
    guard let (count, snapshot) = try rows.first?.decode(Int64.self, String.self) else {
      throw PostgresError(.decoding, "the copy of table \(table.source) was not begun")
    }
    return (count, snapshot)
  }
}

extension CopyTable {
  /// The source table's schema, as it is written down.
  var sourceSchema: String { source.schema?.name ?? "" }
}
