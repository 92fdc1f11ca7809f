import ServiceRuntime

/// Puts a node in the place of one that is not the root: it reads where that one read, and that one, if it is alive, reads from it.
public struct BranchTakeover: CascadePlan {
  /// The node whose place is taken, and the node that takes it.
  public var old: String, new: String
  /// Whether the nodes that read from the old one shall read from the new one.
  public var movesSubscribers: Bool
  /// The old node is gone.
  public var isDead: Bool

  /// A takeover.
  public init(of old: String, by new: String, movesSubscribers: Bool = false, isDead: Bool = false) {
    self.old = old
    self.new = new
    self.movesSubscribers = movesSubscribers
    self.isDead = isDead
  }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    let new = try cascade.reachable(new)
    if isDead {
      guard cascade.nodes[old] == nil else {
        throw CascadeError("node \(old) is alive", hint: "take over without --dead")
      }
      if let step = cascade.taggingDead(old) { return step }
      guard let above = cascade.providers(of: old).first?.name ?? cascade.root?.name else {
        throw CascadeError("no node is known to have fed \(old)", hint: "name one: trunkline node change-provider")
      }
      if new.provider == old, let step = try ChangeProvider(node: new.name, provider: above).next(cascade) {
        return step
      }
      for child in cascade.children(of: old) where movesSubscribers && child.name != new.name {
        if let step = try ChangeProvider(node: child.name, provider: new.name).next(cascade) { return step }
      }
      return nil
    }

    let old = try cascade.reachable(old)
    guard old.type != .root else {
      throw CascadeError("node \(old.name) is the root", exitCode: .usage)
    }
    guard new.type != .leaf else {
      throw CascadeError("node \(new.name) is a leaf and cannot feed others", hint: "choose a branch")
    }
    // also when it was broken off: the new one may have moved, but not gone on
    let above = cascade.isBelow(new.name, old.name) ? old.provider : new.provider
    if new.type != .root, above != old.name,
      let step = try ChangeProvider(node: new.name, provider: above).next(cascade)
    {
      return step
    }
    if movesSubscribers {
      for child in cascade.dependents(of: old.name) where child.name != new.name {
        if let step = try ChangeProvider(node: child.name, provider: new.name).next(cascade) { return step }
      }
    }
    return try ChangeProvider(node: old.name, provider: new.name).next(cascade)
  }
}
