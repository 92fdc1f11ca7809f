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
  private let remoteOptions: String
  private let logger: Logger
  private var sessions: [String: NodeSession] = [:]
  private var localName: String?

  /// Describes a cascade; nothing is connected.
  public init(
    queue: String, local: PostgresConfiguration, remoteOptions: String = "", logger: Logger = Logger(label: "cascade")
  ) {
    self.queue = queue
    self.local = local
    self.remoteOptions = remoteOptions
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

  /// Asks every node on the member map, those that are tagged as dead excepted.
  ///
  /// - Throws: ``CascadeError``, `PostgresError` of the local node only: others that do not answer are in the snapshot.
  public func look() async throws -> CascadeSnapshot {
    let name = try await localNode()
    guard let session = sessions[name], let state = try await session.read() else {
      localName = nil
      throw CascadeError("node \(name) was dropped")
    }
    var nodes = [state]
    var unreachable: [String: String] = [:]
    await withTaskGroup(of: (String, Result<(NodeSession, NodeState), any Error>).self) { group in
      for member in state.members where member.name != name {
        guard !member.isDead else {
          unreachable[member.name] = "tagged as dead"
          continue
        }
        let known = sessions[member.name]
        group.addTask { [queue, remoteOptions, logger] in
          do {
            let answer = try await Self.ask(member, known, queue, remoteOptions, logger)
            return (member.name, .success(answer))
          } catch {
            return (member.name, .failure(error))
          }
        }
      }
      for await (member, result) in group {
        switch result {
        case .success((let session, let state)):
          sessions[member] = session
          nodes.append(state)
        case .failure(let error):
          sessions[member] = nil
          unreachable[member] = (error as? PostgresError)?.message ?? "\(error)"
        }
      }
    }
    return CascadeSnapshot(queue: queue, nodes: nodes, unreachable: unreachable)
  }

  /// Does one step on its node.
  ///
  /// - Throws: ``CascadeError``; `PostgresError`.
  public func perform(_ step: CascadeStep, in snapshot: CascadeSnapshot) async throws {
    guard let session = sessions[step.node] else {
      throw CascadeError("node \(step.node) cannot be reached", exitCode: .unavailable)
    }
    try await session.perform(step, worker: snapshot.nodes[step.node]?.worker.name)
    if case .drop = step {
      await session.connection.close()
      sessions[step.node] = nil
      if localName == step.node { localName = nil }
    }
  }

  private static func ask(
    _ member: NodeLocation, _ known: NodeSession?, _ queue: String, _ remoteOptions: String, _ logger: Logger
  ) async throws -> (NodeSession, NodeState) {
    if let known, let state = try? await known.read() { return (known, state) }
    var configuration = PostgresConfiguration(
      remoteOptions.isEmpty ? member.connectionString : "\(member.connectionString) \(remoteOptions)")
    configuration.connectTimeout = .seconds(5)
    let session = NodeSession(
      connection: try await PostgresConnection.connect(configuration, logger: logger), queue: queue)
    guard let state = try await session.read() else {
      await session.connection.close()
      throw CascadeError("the database at its location is no node of queue \"\(queue)\"")
    }
    guard state.name == member.name else {
      await session.connection.close()
      throw CascadeError("the database at its location is node \(state.name)")
    }
    return (session, state)
  }
}
