import Logging
import PostgresClient

extension Cascade {
  /// Asks every node that this one knows, and those that only others know yet, as news travels with the queue. Nodes that are
  /// tagged as dead are not asked.
  ///
  /// - Throws: ``CascadeError``, `PostgresError` of the local node only: others that do not answer are in the snapshot.
  public func look() async throws -> CascadeSnapshot {
    var snapshot = CascadeSnapshot(queue: queue, nodes: [try await lookAtLocalNode()])
    var asked: Set<String> = []
    while true {
      let members = snapshot.nodes.values.sorted { $0.name < $1.name }.flatMap(\.members)
        .filter { snapshot.nodes[$0.name] == nil && asked.insert($0.name).inserted }
      guard !members.isEmpty else { return snapshot }
      await ask(members, &snapshot)
    }
  }

  /// Asks nodes at the same time, and notes what they say.
  private func ask(_ members: [NodeLocation], _ snapshot: inout CascadeSnapshot) async {
    await withTaskGroup(of: (String, Result<(NodeSession, NodeState), any Error>).self) { group in
      for member in members {
        let names = names(of: member.name)
        if names.contains(where: { snapshot.nodes[$0] != nil }) { continue }  // under its new name already
        if member.isDead || assumedDead.contains(member.name) {
          snapshot.unreachable[member.name] = member.isDead ? "tagged as dead" : "taken for dead"
          continue
        }
        let known = names.compactMap { sessions[$0] }.first
        group.addTask { [queue, remoteOptions, logger] in
          do {
            return (member.name, .success(try await Self.ask(member, names, known, queue, remoteOptions, logger)))
          } catch {
            return (member.name, .failure(error))
          }
        }
      }
      for await (member, result) in group {
        switch result {
        case .success((let session, let state)):
          sessions[state.name] = session
          snapshot.nodes[state.name] = state
        case .failure(is FormerName):
          sessions[member] = nil
        case .failure(let error):
          sessions[member] = nil
          snapshot.unreachable[member] = (error as? PostgresError)?.message ?? "\(error)"
        }
      }
    }
  }

  /// What a node may call itself that a member map knows by `name`.
  private func names(of name: String) -> [String] {
    guard let renaming, name == renaming.old || name == renaming.new else { return [name] }
    return [renaming.old, renaming.new]
  }

  private static func ask(
    _ member: NodeLocation, _ names: [String], _ known: NodeSession?, _ queue: String, _ remoteOptions: String,
    _ logger: Logger
  ) async throws -> (NodeSession, NodeState) {
    if let known, let state = try? await known.read() { return (known, state) }
    var configuration = PostgresConfiguration(member.connectionString, adding: remoteOptions)
    configuration.connectTimeout = .seconds(5)
    let session = NodeSession(
      connection: try await PostgresConnection.connect(configuration, logger: logger), queue: queue)
    guard let state = try await session.read() else {
      await session.connection.close()
      throw CascadeError("the database at its location is no node of queue \"\(queue)\"")
    }
    guard names.contains(state.name) else {
      await session.connection.close()
      if !state.members.contains(where: { $0.name == member.name }) { throw FormerName() }
      throw CascadeError("the database at its location is node \(state.name)")
    }
    return (session, state)
  }
}

/// A node has another name now, and knows nobody of the one it was asked by: whoever still does has yet to hear of it.
private struct FormerName: Error {}
