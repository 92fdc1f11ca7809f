import ServiceRuntime

/// Takes a root back into the cascade that was lost and replaced, and has come back. What it had not sent to anybody before is written into a
/// file and removed from its queue; its tables are left as they are. It becomes a branch whose worker is paused.
public struct Resurrection: CascadePlan {
  /// The node that has come back.
  public var node: String
  /// The file that takes the lost events.
  public var dump: String

  /// A resurrection.
  public init(_ node: String, dump: String) {
    self.node = node
    self.dump = dump
  }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    let lost = try cascade.reachable(node)
    guard lost.type != .leaf else {
      throw CascadeError(
        "node \(node) is a leaf: it has nothing that others do not have",
        hint: "tell the others that it is there again: trunkline node tag-alive \(node)")
    }
    let keepers = cascade.nodes.values.filter { $0.name != node && $0.gravestones[node] != nil }
      .sorted { ($0.type == .root ? 0 : 1, $0.name) < ($1.type == .root ? 0 : 1, $1.name) }
    guard let keeper = keepers.first, let tick = keeper.gravestones[node] else {
      return try finishing(lost, cascade)
    }
    if lost.type == .root { return try withdrawing(lost, keeper, tick, cascade) }
    guard lost.provider == keeper.name else {
      throw CascadeError(
        "node \(node) reads from \(lost.provider) already, but \(keeper.name) still keeps events for its return",
        hint: "these are not needed: trunkline consumer unregister \(cascade.queue) \(node).gravestone")
    }
    guard var location = cascade.location(of: node) else {
      throw CascadeError("no node knows the location of \(node)")
    }
    location.isDead = false
    return .reinstate(node: keeper.name, lost: location, worker: lost.worker.name, tick: tick)
  }

  /// It takes no event any more, then it parts with those that nobody else has.
  private func withdrawing(
    _ lost: NodeState, _ keeper: NodeState, _ tick: Int64, _ cascade: CascadeSnapshot
  ) throws -> CascadeStep? {
    let ahead = cascade.children(of: node).filter { $0.worker.tick > tick }
    guard ahead.isEmpty else {
      throw CascadeError(
        """
        nodes read from \(node) and have events that it lost (after tick \(tick)): \
        \(ahead.map { "\($0.name) (tick \($0.worker.tick))" }.joined(separator: ", "))
        """, hint: "drop them and make them anew: trunkline node drop")
    }
    if !lost.refusesInserts {
      // a root that takes no events cannot tell anybody of a location
      if lost.members.first(where: { $0.name == keeper.name }).map(\.isDead) ?? true {
        guard var location = cascade.location(of: keeper.name) else {
          throw CascadeError("no node knows the location of \(keeper.name)")
        }
        location.isDead = false
        return .register(node: node, member: location)
      }
      return .demote(node: node, step: 1, newRoot: keeper.name)
    }
    if !lost.isClosed || !lost.endsWithTick { return .demote(node: node, step: 2, newRoot: keeper.name) }
    return .withdraw(
      node: node, tick: tick, provider: keeper.name, keeping: cascade.children(of: node).map(\.name), dump: dump)
  }

  private func finishing(_ lost: NodeState, _ cascade: CascadeSnapshot) throws -> CascadeStep? {
    guard lost.type == .branch, cascade.providers(of: node).contains(where: { $0.name == lost.provider }) else {
      let missing = cascade.unreachable.keys.sorted()
      throw CascadeError(
        "no node keeps events for the return of \(node): nobody took its place",
        hint: missing.isEmpty
          ? "if none did, there is nothing to do: tag it as alive, and go on"
          : "some do not answer and may keep them: \(missing.joined(separator: ", "))", exitCode: .unavailable)
    }
    return try TagNode(node, isDead: false).next(cascade)
  }
}
