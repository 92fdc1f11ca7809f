import ServiceRuntime

/// An operation on a cascade, as a pure function of what the nodes say: what to do next, until nothing is left to do.
///
/// As a plan remembers nothing, it may be broken off at any step and begun again: it goes on where it was.
public protocol CascadePlan: Sendable {
  /// The next step; `nil` when the goal is reached.
  ///
  /// - Throws: ``CascadeError`` when the goal cannot be reached from here.
  func next(_ cascade: CascadeSnapshot) throws -> CascadeStep?
}

extension CascadeSnapshot {
  /// The node, which must have answered.
  func reachable(_ name: String) throws -> NodeState {
    if let node = nodes[name] { return node }
    if let reason = unreachable[name] {
      throw CascadeError(
        "node \(name) cannot be reached: \(reason)", hint: "if it is gone for good: trunkline node tag-dead \(name)",
        exitCode: .unavailable)
    }
    throw CascadeError(
      "queue \"\(queue)\" has no node \(name)", hint: "see which there are: trunkline node members")
  }

  /// Pauses a worker and waits for its confirmation; `nil` when it stands still.
  func pausing(_ node: NodeState) -> CascadeStep? {
    if !node.worker.isPaused { return .pause(node: node.name, true) }
    if !node.worker.isUpToDate {
      return .wait(node: node.name, reason: "the worker of \(node.name) to stand still (does it run?)")
    }
    return nil
  }

  /// Lets a worker go on; `nil` when it does.
  func resuming(_ node: NodeState) -> CascadeStep? {
    node.worker.isPaused ? .pause(node: node.name, false) : nil
  }

  /// The location of a node as any member knows it.
  func location(of name: String) -> NodeLocation? {
    for node in nodes.values.sorted(by: { $0.name < $1.name }) {
      if let member = node.members.first(where: { $0.name == name }) { return member }
    }
    return nil
  }
}
