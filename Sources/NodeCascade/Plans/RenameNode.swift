import ServiceRuntime

/// Gives a node another name, in all databases. Its worker stands still meanwhile; all others go on.
///
/// The root comes last, as it tells all nodes: what still arrives of the old name is removed by that. A database that could not be
/// reached is renamed when the plan is carried out again. The cascade must have been opened with both names.
public struct RenameNode: CascadePlan {
  /// The name that it has, and that it shall have.
  public var old: String, new: String
  /// Leave its worker paused, as it was before.
  public var staysPaused: Bool

  /// A change of name.
  public init(from old: String, to new: String, staysPaused: Bool = false) {
    self.old = old
    self.new = new
    self.staysPaused = staysPaused
  }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    guard old != new, !new.isEmpty, !new.contains(where: { ",&= ".contains($0) }) else {
      throw CascadeError("\"\(new)\" is no new name for node \(old)", exitCode: .usage)
    }
    let holders = cascade.nodes.values.filter { node in
      node.name == old || node.members.contains { $0.name == old }
    }
    guard !holders.isEmpty else {
      guard let node = cascade.nodes[new] else {
        throw CascadeError(
          "queue \"\(cascade.queue)\" has no node \(old)", hint: "see which there are: trunkline node members")
      }
      return staysPaused ? nil : cascade.resuming(node)
    }
    try check(cascade)
    if let node = cascade.nodes[old], let step = cascade.pausing(node) { return step }
    let order = holders.sorted { rank($0, cascade) < rank($1, cascade) }
    return order.first.map { .rename(node: $0.name, old: old, new: new) }
  }

  /// The others, then the node itself, then the root.
  private func rank(_ node: NodeState, _ cascade: CascadeSnapshot) -> (Int, String) {
    if node.name == cascade.root?.name { return (2, node.name) }
    return (node.name == old ? 1 : 0, node.name)
  }

  private func check(_ cascade: CascadeSnapshot) throws {
    // Where the old name came back with an event from before, the node is there all the same, under the new one.
    let isRenamed = cascade.nodes[new] != nil
    let silent = cascade.unreachable.filter { !cascade.isTaggedDead($0.key) && !($0.key == old && isRenamed) }
    if let (name, reason) = silent.min(by: { $0.key < $1.key }) {
      throw CascadeError(
        "node \(name) cannot be reached: \(reason)",
        hint: "all nodes must hear of the name; if it is gone: node tag-dead",
        exitCode: .unavailable)
    }
    guard cascade.root != nil else {
      throw CascadeError("the root cannot be reached", exitCode: .unavailable)
    }
    // the same location under the new name: a renaming that was broken off
    let location = cascade.location(of: old)
    for node in cascade.nodes.values {
      if let other = node.members.first(where: { $0.name == new }), other.connectionString != location?.connectionString
      {
        throw CascadeError("there is another node \(new)", hint: "choose another name")
      }
    }
  }
}
