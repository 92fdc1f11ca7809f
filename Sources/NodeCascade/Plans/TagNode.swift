/// Tells all nodes that one is dead, or alive again.
public struct TagNode: CascadePlan {
  /// The node.
  public var node: String
  /// Whether to do without it.
  public var isDead: Bool

  /// A tag.
  public init(_ node: String, isDead: Bool) {
    self.node = node
    self.isDead = isDead
  }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    guard cascade.memberNames.contains(node) else {
      throw CascadeError(
        "queue \"\(cascade.queue)\" has no node \(node)", hint: "see which there are: trunkline node members")
    }
    for other in cascade.nodes.values.sorted(by: { $0.name < $1.name }) {
      if var member = other.members.first(where: { $0.name == node }), member.isDead != isDead {
        member.isDead = isDead
        return .register(node: other.name, member: member)
      }
    }
    return nil
  }
}
