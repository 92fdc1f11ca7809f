import PostgresClient

/// Tables and sequences of a set, as a new node learns them from its provider.
struct SetContents: Sendable {
  var tables: [String]
  var sequences: [(name: String, value: Int64)]

  static func read(_ queue: String, _ connection: PostgresConnection) async throws -> SetContents {
    SetContents(
      tables: try await connection.query(
        "select table_name from londiste.table_info where queue_name = \(queue) order by nr"
      ).map { try $0.decode(0) },
      sequences: try await connection.query(
        "select seq_name, last_value from londiste.seq_info where queue_name = \(queue) order by nr"
      ).map { (try $0.decode(0), try $0.decode(1)) })
  }

  /// Makes those known here that the node wants to know of; none is replicated yet.
  func write(_ queue: String, _ attributes: NodeAttributes, _ connection: PostgresConnection) async throws {
    let session = NodeSession(connection: connection, queue: queue)
    for table in tables where attributes.registers(table: table) {
      try await session.call("londiste.global_add_table(\(queue), \(table))")
    }
    for (name, value) in sequences where attributes.registers(sequence: name) {
      try await session.call("londiste.global_update_seq(\(queue), \(name), \(value))")
    }
  }
}
