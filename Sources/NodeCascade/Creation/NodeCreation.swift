public import Logging
public import PostgresClient
import ServiceRuntime

/// Makes a database a node of a cascaded queue. It may be broken off at any moment and run again.
public struct NodeCreation: Sendable {
  /// The queue, the node's type and its name.
  public var queue: String, type: NodeType, name: String
  /// The connection string that other nodes will use.
  public var publicLocation: String
  /// The name of the consumer that keeps the node up to date.
  public var worker: String
  /// Where to reach the node to read from; not for a root.
  public var provider: String?
  /// On a leaf: the queue of the same database that its worker fills.
  public var combinedQueue: String?
  /// Which tables and sequences it wants to know of, and on a branch, with whom it keeps the global watermark in step.
  public var attributes = NodeAttributes()
  /// Whether to find out if the local and the public connection lead to the same database.
  public var checksLocation = true
  /// Added to the connection strings of other nodes where these are on the way to the root.
  public var remoteOptions = ""

  /// Describes a node to make.
  public init(queue: String, type: NodeType, name: String, publicLocation: String, worker: String) {
    self.queue = queue
    self.type = type
    self.name = name
    self.publicLocation = publicLocation
    self.worker = worker
  }

  /// Makes the node.
  ///
  /// - Parameter report: told what is done, before it is done.
  /// - Returns: whether it is new.
  /// - Throws: ``CascadeError``, `PostgresError`.
  public func run(
    local: PostgresConfiguration, logger: Logger, report: @escaping @Sendable (String) -> Void
  ) async throws -> Bool {
    try await Self.withNode(local, queue, logger) { session in
      if checksLocation { try await checkLocation(session.connection, logger) }
      if let state = try await session.read() {
        guard state.name == name, state.type == type else {
          throw CascadeError(
            "this database is node \(state.name) (\(state.type.rawValue)) of queue \"\(queue)\" already",
            hint: "one database can be one node of a queue; give the set another queue")
        }
        return false
      }
      switch type {
      case .root: try await createRoot(session, report)
      case .branch, .leaf: try await createBelow(session, logger, report)
      }
      return true
    }
  }

  private func createRoot(_ session: NodeSession, _ report: (String) -> Void) async throws {
    guard provider == nil, combinedQueue == nil else {
      throw CascadeError("a root reads from nobody", exitCode: .usage)
    }
    report("\(name): register the location, create queue \"\(queue)\" and the root")
    try await session.connection.transaction { connection in
      let session = NodeSession(connection: connection, queue: queue)
      try await session.call("pgq_node.register_location(\(queue), \(name), \(publicLocation), false)")
      try await session.call(
        "pgq_node.create_node(\(queue), 'root', \(name), \(worker), null, null, null)")
    }
  }

  private func createBelow(
    _ session: NodeSession, _ logger: Logger, _ report: @escaping @Sendable (String) -> Void
  ) async throws {
    guard let provider else { throw CascadeError("a \(type.rawValue) needs a provider", exitCode: .usage) }
    try await Self.withNode(PostgresConfiguration(provider), queue, logger) { providerSession in
      guard let above = try await providerSession.read() else {
        throw CascadeError("the provider's database is no node of queue \"\(queue)\"", hint: "make it one first")
      }
      guard above.type != .leaf else {
        throw CascadeError("node \(above.name) is a leaf and cannot feed others", hint: "name a root or a branch")
      }
      try await registerAtRoot(above, providerSession, logger, report)
      report("\(above.name): subscribe \(name)")
      if above.type != .root {
        try await providerSession.call("pgq_node.register_location(\(queue), \(name), \(publicLocation), false)")
      }
      try await providerSession.call("pgq_node.register_subscriber(\(queue), \(name), \(worker), null)")
      let watermark: Int64? = try await providerSession.connection.query(
        "select s.node_watermark from pgq_node.get_subscriber_info(\(queue)) s where s.node_name = \(name)"
      ).first?.decode(0)
      report("\(name): create the \(type.rawValue), to be fed by \(above.name) after tick \(watermark ?? 0)")
      let tables = try await SetContents.read(queue, providerSession.connection)
      try await createLocally(session, above, watermark, tables)
    }
  }

  /// The node, its member map and what the set holds, in one transaction.
  private func createLocally(
    _ session: NodeSession, _ above: NodeState, _ watermark: Int64?, _ contents: SetContents
  ) async throws {
    try await session.connection.transaction { connection in
      let session = NodeSession(connection: connection, queue: queue)
      for member in above.members where member.name != name {
        try await session.call(
          "pgq_node.register_location(\(queue), \(member.name), \(member.connectionString), \(member.isDead))")
      }
      try await session.call("pgq_node.register_location(\(queue), \(name), \(publicLocation), false)")
      try await session.call(
        """
        pgq_node.create_node(\(queue), \(type.rawValue), \(name), \(worker), \(above.name), \(watermark), \(combinedQueue))
        """)
      if let encoded = attributes.encoded {
        try await session.call("pgq_node.set_node_attrs(\(queue), \(encoded))")
      }
      try await contents.write(queue, attributes, connection)
    }
  }

  /// The root tells all nodes of the new one.
  private func registerAtRoot(
    _ above: NodeState, _ providerSession: NodeSession, _ logger: Logger, _ report: @escaping @Sendable (String) -> Void
  ) async throws {
    let register: @Sendable (NodeSession, NodeState) async throws -> Void = { session, root in
      if let other = root.members.first(where: { $0.name == name }) {
        guard other.connectionString == publicLocation else {
          throw CascadeError(
            "queue \"\(queue)\" has a node \(name) at another location",
            hint: "choose another name, or remove that one first: trunkline node drop \(name)")
        }
        return
      }
      report("\(root.name): register the location of \(name)")
      try await session.call("pgq_node.register_location(\(queue), \(name), \(publicLocation), false)")
    }
    if above.type == .root { return try await register(providerSession, above) }

    var next = above
    var seen: Set<String> = []
    while next.type != .root {
      guard seen.insert(next.name).inserted,
        let location = next.members.first(where: { $0.name == next.provider })
      else { throw CascadeError("no way from node \(above.name) to the root") }
      next = try await Self.withNode(
        PostgresConfiguration(location.connectionString, adding: remoteOptions), queue, logger
      ) { session in
        guard let state = try await session.read() else {
          throw CascadeError("node \(location.name) was dropped")
        }
        if state.type == .root { try await register(session, state) }
        return state
      }
    }
  }

  /// A lock that is taken through one connection is seen through the other if, and only if, both lead to one database.
  private func checkLocation(_ local: PostgresConnection, _ logger: Logger) async throws {
    let other = try await PostgresConnection.connect(
      PostgresConfiguration(publicLocation, adding: remoteOptions), logger: logger)
    let key = Int64.random(in: .min ... .max)
    do {
      try await local.query("select pg_advisory_lock(\(key))")
      let isFree: Bool? = try await other.query("select pg_try_advisory_lock(\(key))").first?.decode(0)
      try await local.query("select pg_advisory_unlock(\(key))")
      await other.close()
      guard isFree == false else {
        throw CascadeError(
          "--db and the location that other nodes shall use lead to different databases",
          hint: "correct one of them; --no-check leaves this out")
      }
    } catch {
      await other.close()
      throw error
    }
  }

  private static func withNode<Value: Sendable>(
    _ configuration: PostgresConfiguration, _ queue: String, _ logger: Logger,
    _ body: (NodeSession) async throws -> Value
  ) async throws -> Value {
    try await PostgresConnection.with(configuration, logger: logger) { connection in
      try await body(NodeSession(connection: connection, queue: queue))
    }
  }
}
