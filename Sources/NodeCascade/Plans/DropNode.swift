/// Takes a node out of the cascade. Its tables and their rows stay; its triggers go.
public struct DropNode: CascadePlan {
  /// The node.
  public var node: String

  /// A removal.
  public init(_ node: String) { self.node = node }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    try check(cascade)
    if cascade.nodes[node] != nil { return .drop(node: node) }
    return forgetting(cascade)
  }

  /// Refuses while others need the node.
  func check(_ cascade: CascadeSnapshot) throws {
    let below = cascade.children(of: node).map(\.name)
    guard below.isEmpty else {
      throw CascadeError(
        "nodes read from \(node): \(below.joined(separator: ", "))",
        hint: "let them read from another node first: trunkline node change-provider")
    }
  }

  /// The root tells the others, too, but those it cannot reach now would never hear of it.
  func forgetting(_ cascade: CascadeSnapshot) -> CascadeStep? {
    let others = cascade.nodes.values.filter { other in
      other.name != node && other.members.contains { $0.name == node }
    }
    let first = others.filter { $0.type == .root }.min { $0.name < $1.name } ?? others.min { $0.name < $1.name }
    return first.map { .forget(node: $0.name, member: node) }
  }
}
