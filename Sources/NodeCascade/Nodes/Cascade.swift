public import Logging
public import PostgresClient
import ServiceRuntime

/// The nodes of a cascaded queue, reached from one of them.
public actor Cascade {
  /// The queue.
  public nonisolated let queue: String
  /// How to reach the node from which the others are found.
  private let local: PostgresConfiguration
  /// Added to the connection strings of the member map, for example `user=admin`.
  let remoteOptions: String
  /// Names of one node, which is about to get the second of them: databases may know it by either.
  let renaming: (old: String, new: String)?
  /// Nodes that are not asked, as if they were tagged as dead.
  let assumedDead: Set<String>
  let logger: Logger
  var sessions: [String: NodeSession] = [:]
  var localName: String?

  /// Describes a cascade; nothing is connected.
  ///
  /// - Parameters:
  ///   - remoteOptions: added to the connection strings of other nodes.
  ///   - renaming: for ``RenameNode``: the node's old and new name.
  ///   - assumedDead: nodes that are not asked.
  public init(
    queue: String, local: PostgresConfiguration, remoteOptions: String = "",
    renaming: (old: String, new: String)? = nil, assumedDead: Set<String> = [],
    logger: Logger = Logger(label: "cascade")
  ) {
    self.queue = queue
    self.local = local
    self.remoteOptions = remoteOptions
    self.renaming = renaming
    self.assumedDead = assumedDead
    self.logger = logger
  }

  /// Closes all connections.
  public func close() async {
    for session in sessions.values { await session.connection.close() }
    sessions = [:]
  }

  /// The name of the node at the local connection.
  ///
  /// - Throws: ``CascadeError`` when it is no node of the queue; `PostgresError`.
  public func localNode() async throws -> String {
    if let localName { return localName }
    let session = NodeSession(
      connection: try await PostgresConnection.connect(local, logger: logger), queue: queue)
    guard let state = try await session.read() else {
      await session.connection.close()
      throw CascadeError(
        "this database is no node of queue \"\(queue)\"",
        hint: "make it one: trunkline node create-root, create-branch, create-leaf")
    }
    sessions[state.name] = session
    localName = state.name
    return state.name
  }

  /// What the node at the local connection says, without asking any other.
  ///
  /// - Throws: as ``localNode()``.
  public func lookAtLocalNode() async throws -> NodeState {
    let name = try await localNode()
    guard let state = try await sessions[name]?.read() else {
      localName = nil
      throw CascadeError("node \(name) was dropped")
    }
    return state
  }

  /// Replaces the attributes of the node at the local connection.
  ///
  /// - Throws: as ``localNode()``.
  public func set(_ attributes: NodeAttributes) async throws {
    let name = try await localNode()
    try await sessions[name]?.call("pgq_node.set_node_attrs(\(queue), \(attributes.encoded))")
  }

  /// Makes a tick on a root, after everything that is committed there now.
  ///
  /// - Returns: the tick.
  /// - Throws: ``CascadeError``, `PostgresError`, also when the queue's ticks are paused.
  public func makeTick(on node: String) async throws -> Int64 {
    guard let session = sessions[node] else {
      throw CascadeError("node \(node) cannot be reached", exitCode: .unavailable)
    }
    let rows = try await session.connection.query("select tick_id from pgq._make_tick(\(queue))")
    guard let tick: Int64 = try rows.first?.decode(0) else {
      throw PostgresError(.decoding, "no tick was made")
    }
    return tick
  }

  /// Does one step on its node.
  ///
  /// - Throws: ``CascadeError``; `PostgresError`.
  public func perform(_ step: CascadeStep, in snapshot: CascadeSnapshot) async throws {
    guard let session = sessions[step.node] else {
      throw CascadeError("node \(step.node) cannot be reached", exitCode: .unavailable)
    }
    try await session.perform(step, worker: snapshot.nodes[step.node]?.worker.name)
    switch step {
    case .drop, .rename(step.node, step.node, _):
      await session.connection.close()
      sessions[step.node] = nil
      if localName == step.node { localName = nil }
    default: break
    }
  }
}
