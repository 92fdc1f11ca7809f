/// Takes the node out from which the cascade is looked at: the others forget it first, as nothing here knows them afterwards.
public struct DropLocalNode: CascadePlan {
  /// The node.
  public var node: String

  /// A removal.
  public init(_ node: String) { self.node = node }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    try DropNode(node).check(cascade)
    if let step = DropNode(node).forgetting(cascade) { return step }
    return cascade.nodes[node] == nil ? nil : .drop(node: node)
  }
}
