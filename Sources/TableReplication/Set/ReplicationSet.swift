public import Logging
public import NodeCascade
public import PostgresClient

/// The tables and sequences of a set, on the node that a database is.
public struct ReplicationSet: Sendable {
  /// The cascaded queue.
  public let queue: String
  /// The node's name, its type, and the node that it reads from.
  public let node: String, type: NodeType, provider: String
  /// The queue that a merging leaf fills.
  public let combinedQueue: String?

  let connection: PostgresConnection
  /// Where the other nodes are.
  let locations: [String: String]
  let remoteOptions: String
  let logger: Logger

  /// Names of the queues of which a database is a node.
  ///
  /// - Throws: `PostgresError`.
  public static func queues(_ connection: PostgresConnection) async throws -> [String] {
    let isThere: Bool? = try await connection.query(
      "select to_regclass('pgq_node.node_info') is not null and to_regclass('londiste.table_info') is not null"
    ).first?.decode(0)
    guard isThere == true else { return [] }
    return try await connection.query("select queue_name from pgq_node.node_info order by 1").map { try $0.decode(0) }
  }

  /// The set of a queue.
  ///
  /// - Parameter remoteOptions: added to the connection strings of other nodes.
  /// - Throws: ``SetError`` when the database is no node of it; `PostgresError`.
  public static func open(
    _ queue: String, _ connection: PostgresConnection, remoteOptions: String = "",
    logger: Logger = Logger(label: "set")
  ) async throws -> ReplicationSet {
    let row = try await connection.query(
      """
      select n.node_type, n.node_name, n.provider_node, n.combined_queue
      from pgq_node.get_node_info(\(queue)) n where n.ret_code < 400
      """
    ).first
    guard let row, let type = NodeType(rawValue: try row.decode(0)) else {
      throw SetError(
        "this database is no node of queue \"\(queue)\"",
        hint: "make it one: trunkline node create-root, create-branch, create-leaf")
    }
    var locations: [String: String] = [:]
    for row in try await connection.query(
      "select node_name, node_location from pgq_node.get_queue_locations(\(queue))")
    {
      locations[try row.decode(0)] = try row.decode(1, as: String.self)
    }
    return ReplicationSet(
      queue: queue, node: try row.decode(1), type: type, provider: try row.decode(2, as: String?.self) ?? "",
      combinedQueue: try row.decode(3), connection: connection, locations: locations, remoteOptions: remoteOptions,
      logger: logger)
  }

  /// Tables of the set in the order in which they came into it.
  ///
  /// - Throws: `PostgresError`.
  public func tables() async throws -> [RegisteredTable] { try await RegisteredTable.read(queue, connection) }

  /// Sequences of the set.
  ///
  /// - Throws: `PostgresError`.
  public func sequences() async throws -> [RegisteredSequence] { try await RegisteredSequence.read(queue, connection) }

  /// Tables and sequences that could be added: on the root those of the database, elsewhere those of the set.
  ///
  /// - Throws: `PostgresError`.
  public func missing() async throws -> (tables: [String], sequences: [String]) {
    let rows = try await connection.query("select obj_kind, obj_name from londiste.local_show_missing(\(queue))")
    let all = try rows.map { try $0.decode(String.self, String.self) }
    return (all.filter { $0.0 == "r" }.map(\.1), all.filter { $0.0 == "S" }.map(\.1))
  }

  /// Lends the set as another node has it.
  ///
  /// - Throws: ``SetError`` when its location is not known; `PostgresError`.
  func withNode<Value: Sendable>(
    _ name: String, _ body: (ReplicationSet) async throws -> Value
  ) async throws -> Value {
    guard name != node else { return try await body(self) }
    guard let location = locations[name] else {
      throw SetError("queue \"\(queue)\" has no node \(name)", hint: "see the member map: trunkline node members")
    }
    var configuration = PostgresConfiguration(location, adding: remoteOptions)
    configuration.connectTimeout = .seconds(10)
    return try await PostgresConnection.with(configuration, logger: logger) { remote in
      let set = try await Self.open(queue, remote, remoteOptions: remoteOptions, logger: logger)
      guard set.node == name else {
        throw SetError("the database at the location of node \(name) is node \(set.node)")
      }
      return try await body(set)
    }
  }
}

/// What was done, or would be, with one table or sequence.
public struct SetResult: Codable, Sendable, Equatable {
  /// Its name in the set.
  public var name: String
  /// What was done: one or two words.
  public var result: String
  /// What is worth knowing about it.
  public var warnings: [String] = []
  /// The SQL, when it was only to be shown.
  public var sql: [String]?

  init(_ name: String, _ result: String, warnings: [String] = [], sql: [String]? = nil) {
    self.name = name
    self.result = result
    self.warnings = warnings
    self.sql = sql
  }
}
