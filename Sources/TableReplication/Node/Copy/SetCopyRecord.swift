import EventFormats
import Logging
import PostgresClient
import TableStructure

/// Writes and reads `trunkline.set_copy`, which remembers copies of tables of sets from their begin to the last trace.
enum SetCopyRecord {
  /// Remembers a copy before anything else is done for it.
  static func begin(
    _ queue: String, _ copy: SetCopy, node: String, consumer: String, _ local: PostgresConnection
  ) async throws {
    try await local.query(
      """
      insert into trunkline.set_copy (queue_name, table_name, dest_name, node_name, origin_id, consumer_name, table_attrs)
      values (\(queue), \(copy.table), \(copy.destination.unquoted), \(node),
        md5(\("set \(queue) node \(node)"))::uuid, \(consumer), \(copy.attributes))
      on conflict (queue_name, table_name) do nothing
      """)
  }

  static func read(_ queue: String, _ table: String, _ local: PostgresConnection) async throws -> SetCopy.Record? {
    let rows = try await local.query(
      """
      select node_name, origin_id, consumer_name from trunkline.set_copy
      where queue_name = \(queue) and table_name = \(table)
      """)
    return try rows.first.map { row in
      let (node, origin, consumer) = try row.decode(String.self, String.self, String.self)
      return SetCopy.Record(node: node, origin: origin, consumer: consumer)
    }
  }

  /// Notes that rows are copied now, also those of a table that was copied before.
  ///
  /// - Throws: ``CopyInterrupted``; `PostgresError`.
  static func beginCopy(_ held: HeldCopy, _ local: PostgresConnection) async throws {
    let owner = held.owner
    try await local.transaction { local in
      let rows = try await local.query(
        """
        select dropped_ddl from londiste.table_info
        where queue_name = \(owner.queue) and table_name = \(held.table) and local and merge_state <> 'ok' for update
        """)
      guard let dropped = try rows.first?.decode(0, as: String?.self) else {
        guard !rows.isEmpty else { throw CopyInterrupted() }
        return try await mark(held, local)
      }
      // What an original worker's copy took off.
      try await local.execute(dropped)
      try await local.query("select londiste.local_set_table_struct(\(owner.queue), \(held.table), null)")
      try await mark(held, local)
    }
  }

  private static func mark(_ held: HeldCopy, _ local: PostgresConnection) async throws {
    let owner = held.owner
    try await local.query("select londiste.local_set_table_state(\(owner.queue), \(held.table), null, 'in-copy')")
    try await local.query(
      """
      delete from trunkline.copied_table
      where origin_id = \(owner.origin)::uuid and queue_name = \(owner.queue) and consumer_name = \(owner.consumer)
      """)
  }

  /// Whether other sources fill the table as well.
  static func hasSiblings(_ queue: String, _ table: QualifiedName, _ local: PostgresConnection) async throws -> Bool {
    try await !local.query(
      """
      select 1 from londiste.table_info t
      join pgq_node.node_info n on n.queue_name = t.queue_name and n.node_type = 'leaf'
      where t.queue_name <> \(queue) and t.local and coalesce(t.dest_table, t.table_name) = \(table.unquoted)
      """
    ).isEmpty
  }

  /// Whether the table has rows of other sources, or a copy of them has begun. Until the open transaction ends, nobody else is
  /// answered: of copies that begin at the same time one empties the table, and all others know.
  static func holdsRowsOfSiblings(
    _ queue: String, _ table: QualifiedName, _ local: PostgresConnection
  ) async throws -> Bool {
    try await local.query("select pg_advisory_xact_lock(hashtextextended('trunkline.copy ' || \(table.unquoted), 0))")
    // Without an entry in set_copy it is a copy of an original worker, of which nothing else is known.
    return try await !local.query(
      """
      select 1 from londiste.table_info t
      join pgq_node.node_info n on n.queue_name = t.queue_name and n.node_type = 'leaf'
      left join trunkline.set_copy c on c.queue_name = t.queue_name and c.table_name = t.table_name
      where t.queue_name <> \(queue) and t.local and coalesce(t.dest_table, t.table_name) = \(table.unquoted)
        and (t.merge_state <> 'in-copy' or t.merge_state = 'in-copy' and (c.queue_name is null or exists (
          select 1 from trunkline.table_copy b
          where b.origin_id = c.origin_id and b.queue_name = c.queue_name and b.consumer_name = c.consumer_name)))
      """
    ).isEmpty
  }

  /// Forgets how far a copy is followed, and with that the copy: it begins anew.
  static func forgetPosition(_ queue: String, _ table: String, _ local: PostgresConnection) async throws {
    try await local.query(
      """
      delete from trunkline.position p using trunkline.set_copy c
      where c.queue_name = \(queue) and c.table_name = \(table) and p.origin_id = c.origin_id
        and p.queue_name = c.queue_name and p.consumer_name = c.consumer_name
      """)
  }

  /// Forgets a copy that is over.
  static func forget(
    _ queue: String, _ table: String, _ record: SetCopy.Record, _ local: PostgresConnection
  ) async throws {
    try await local.transaction { local in
      try await forgetPosition(queue, table, local)
      try await local.query(
        """
        delete from trunkline.set_copy where queue_name = \(queue) and table_name = \(table)
          and consumer_name = \(record.consumer)
        """)
    }
  }

  /// Puts a table that was removed in the middle of its copy in order again: without the incomplete rows, with everything that was
  /// taken off.
  static func restoreRemoved(
    _ record: SetCopy.Record, _ queue: String, _ options: CopyOptions, _ local: PostgresConnection, _ logger: Logger
  ) async throws {
    let owner = CopyOwner(origin: record.origin, queue: queue, consumer: record.consumer)
    try await local.transaction { local in
      let incomplete = try await local.query(
        """
        delete from trunkline.table_copy t using trunkline.set_copy c
        where t.origin_id = \(owner.origin)::uuid and t.queue_name = \(queue) and t.consumer_name = \(owner.consumer)
          and c.queue_name = \(queue) and c.consumer_name = \(owner.consumer)
        returning t.target_schema, t.target_name, c.table_attrs
        """)
      for row in incomplete {
        let (schema, name, attributes) = try row.decode(String.self, String.self, String?.self)
        let table = try QualifiedName(schema: schema, name: name)
        guard try !CopyAttributes(attributes).appends, try await !holdsRowsOfSiblings(queue, table, local),
          let shape = try await TableShape.read(table, local)
        else { continue }
        try await local.execute("truncate \(shape.ownRows)")
      }
    }
    var parking = ParkingRestore()
    parking.memory = options.maintenanceMemory
    parking.lockTimeout = options.lockTimeout
    try await DeferredRestore(owner: owner, restore: parking, logger: logger).run(local) { _ in true }
  }
}
