import EventFormats
import EventQueue
import Logging
import PostgresClient

/// The node from which a table is copied, and the consumer that holds its changes there. Only the documented interface of PgQ and
/// Londiste is used: it may be a database of the original.
struct CopySource: Sendable {
  let node: String
  let configuration: PostgresConfiguration
  /// Reads events and asks for batches.
  let connection: PostgresConnection
  let queue: String

  /// Connects to the node from which a table is to be copied.
  ///
  /// - Throws: ``ApplyError`` when there is none; `PostgresError`.
  static func open(
    _ table: SetCopy, _ attributes: CopyAttributes, of session: SetSession, _ local: PostgresConnection,
    _ logger: Logger
  ) async throws -> CopySource {
    // A copy that was begun goes on where its changes are held.
    if let record = table.record { return try await open(record.node, session, local, logger) }
    switch attributes.node {
    case .named(let name): return try await open(name, session, local, logger)
    case .provider, .nearest:
      var source = try await open(nil, session, local, logger)
      var visited: Set<String> = []
      while attributes.node == .nearest, try await source.physicalName(of: table.table) == nil {
        let provider = try await source.provider()
        let isNew = visited.insert(source.node).inserted
        await source.connection.close()
        guard isNew, let provider, provider != source.node else {
          throw ApplyError(
            table: table.destination, reason: "no node upstream has the table in sync",
            remedy: "name one: trunkline table resync --copy-node NODE")
        }
        source = try await open(provider, session, local, logger)
      }
      return source
    }
  }

  /// Connects to a node by its location; `nil`: the worker's provider.
  static func open(
    _ node: String?, _ session: SetSession, _ local: PostgresConnection, _ logger: Logger
  ) async throws -> CopySource {
    var configuration = session.providerConfiguration
    if let node {
      let rows = try await local.query(
        """
        select node_location, provider_node = \(node) from pgq_node.get_queue_locations(\(session.queue)) l
        cross join pgq_node.get_node_info(\(session.queue)) i where l.node_name = \(node)
        """)
      guard let (location, isProvider) = try rows.first?.decode(String.self, Bool?.self) else {
        throw ApplyError(
          reason: "the set has no node \"\(node)\" to copy from",
          remedy: "name another one: trunkline table resync --copy-node NODE")
      }
      if isProvider != true { configuration = session.configuration(of: location) }
    }
    let connection = try await PostgresConnection.connect(configuration, logger: logger)
    do {
      try await TextForms.pin(connection)
      try await ConsumerSession.prepareReader(connection)
      let rows = try await connection.query(
        "select node_name from pgq_node.get_node_info(\(session.queue)) where ret_code < 400")
      guard let name = try rows.first?.decode(0, as: String.self), node == nil || node == name else {
        throw ApplyError(
          reason: "the location of node \"\(node ?? "?")\" leads to another database", remedy: "correct the location")
      }
      return CopySource(node: name, configuration: configuration, connection: connection, queue: session.queue)
    } catch {
      await connection.close()
      throw error
    }
  }

  private func provider() async throws -> String? {
    try await connection.query("select provider_node from pgq_node.get_node_info(\(queue))").first?.decode(0)
  }

  /// The name that a table of the set has at the source; `nil` when it is not in sync there, or a leaf that merges into this queue
  /// is still copying it: rows that are copied do not come through the queue.
  func physicalName(of table: String) async throws -> QualifiedName? {
    // The original's function has no column for another name before its version 3.1.
    let rows = try await connection.query(
      """
      select coalesce(t.dest_table, t.table_name) from londiste.get_table_list(\(queue)) t
      where t.table_name = \(table) and t.local and t.merge_state = 'ok' and not exists (
        select 1 from londiste.table_info p join pgq_node.node_info n on n.queue_name = p.queue_name
        where n.combined_queue = \(queue) and p.table_name = t.table_name and p.local
          and p.merge_state is distinct from 'ok')
      """)
    return try rows.first.map { try QualifiedName(unquoted: $0.decode(0, as: String.self)) }
  }

  // MARK: The consumer

  /// Registers the consumer, unless it is there, so that later changes wait for it.
  ///
  /// - Returns: the tick where it stands.
  func register(_ consumer: String) async throws -> Int64 {
    try await connection.query("select pgq.register_consumer(\(queue), \(consumer))")
    let rows = try await connection.query("select last_tick from pgq.get_consumer_info(\(queue), \(consumer))")
    guard let tick = try rows.first?.decode(0, as: Int64.self) else {
      throw PostgresError(.decoding, "the consumer is not registered")
    }
    return tick
  }

  /// Where the consumer stands; `nil` when it is not registered.
  func position(_ consumer: String) async throws -> Int64? {
    try await connection.query("select last_tick from pgq.get_consumer_info(\(queue), \(consumer))")
      .first?.decode(0, as: Int64.self)
  }

  func seek(_ consumer: String, to tick: Int64) async throws {
    try await connection.query("select pgq.register_consumer_at(\(queue), \(consumer), \(tick))")
  }

  func unregister(_ consumer: String) async throws {
    try await connection.query("select pgq.unregister_consumer(\(queue), \(consumer))")
  }

  /// The oldest transaction that was running when a tick was made: everything before it is behind the tick.
  func horizon(of tick: Int64) async throws -> Int64? {
    try await connection.query(
      """
      select txid_snapshot_xmin(t.tick_snapshot) from pgq.tick t
      join pgq.queue q on q.queue_id = t.tick_queue
      where q.queue_name = \(queue) and t.tick_id = \(tick)
      """
    ).first?.decode(0)
  }

  /// The next batch, of one tick; `nil` when there is none.
  func openBatch(_ consumer: String) async throws -> EventBatch? {
    let query: PostgresQuery = """
      select batch_id, prev_tick_id, cur_tick_id, prev_tick_time, cur_tick_time, prev_tick_event_seq, cur_tick_event_seq
      from pgq.next_batch_info(\(queue), \(consumer))
      """
    guard let row = try await connection.query(query.prepared()).first, try !row.cell(0).isNull else { return nil }
    let (id, previous, current, previousTime, currentTime, first, last) = try row.decode(
      Int64.self, Int64.self, Int64.self, String.self, String.self, Int64.self, Int64.self)
    let text: PostgresQuery = "select pgq.batch_event_sql(\(id))"
    guard let sql = try await connection.query(text.prepared()).first?.decode(0, as: String.self) else {
      throw PostgresError(.decoding, "batch_event_sql returned nothing")
    }
    return EventBatch(
      id: id, previousTick: previous, currentTick: current, previousTickTime: previousTime,
      currentTickTime: currentTime, estimatedEvents: max(0, last - first), sql: sql)
  }

  func finish(_ batch: EventBatch) async throws {
    try await connection.query("select pgq.finish_batch(\(batch.id))")
  }
}
