/// Makes a branch the root after the old one is lost. What the lost root had not sent to anybody is lost with it, until it
/// comes back and is resurrected.
///
/// First the new root catches up with the node that got furthest; only then do the others move under it. So no node is ahead of
/// the root, which would have to be copied anew.
public struct DeadRootTakeover: CascadePlan {
  /// The root that is gone, and the branch that takes its place.
  public var deadRoot: String, newRoot: String
  /// Accept that leaves are ahead of every branch: they keep changes that no other node has.
  public var acceptsLeavesAhead: Bool
  /// Go on although the new root lacks tables of the set.
  public var isForced: Bool

  /// A takeover.
  public init(of deadRoot: String, by newRoot: String, acceptsLeavesAhead: Bool = false, isForced: Bool = false) {
    self.deadRoot = deadRoot
    self.newRoot = newRoot
    self.acceptsLeavesAhead = acceptsLeavesAhead
    self.isForced = isForced
  }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    let new = try cascade.reachable(newRoot)
    guard cascade.nodes[deadRoot] == nil else {
      throw CascadeError(
        "node \(deadRoot) is alive: two roots would take changes",
        hint: "switch over instead: trunkline node takeover \(deadRoot); or shut it down first")
    }
    guard cascade.memberNames.contains(deadRoot) else {
      throw CascadeError("queue \"\(cascade.queue)\" has no node \(deadRoot)")
    }
    if new.type != .root {
      guard new.type == .branch else {
        throw CascadeError("node \(new.name) is a leaf: it has no queue", hint: "choose a branch")
      }
      if !isForced { try new.checkTables() }
    }
    if let step = cascade.taggingDead(deadRoot) { return step }

    if new.type != .root {
      if let step = try catchingUp(new, cascade) { return step }
      if let step = cascade.pausing(new) { return step }
      if new.gravestones[deadRoot] == nil {
        return .erectGravestone(node: new.name, lost: deadRoot, tick: new.worker.tick)
      }
      return .promote(node: new.name)
    }

    if let step = cascade.resuming(new) { return step }
    if let former = cascade.providers(of: new.name).first {
      return .unsubscribe(node: former.name, subscriber: new.name)
    }
    for child in cascade.children(of: deadRoot) {
      // the new root gives the ticks after this one to other events
      if let last = new.gravestones[deadRoot], child.worker.tick > last {
        if acceptsLeavesAhead { continue }
        throw CascadeError(
          "node \(child.name) is at tick \(child.worker.tick), behind the last one that \(new.name) got from \(deadRoot) (\(last))",
          hint: "drop the node and make it anew; or leave it out with --accept-leaves-ahead")
      }
      if let step = try ChangeProvider(node: child.name, provider: new.name).next(cascade) { return step }
    }
    return nil
  }

  /// Reads from the node that is furthest ahead until nobody is.
  private func catchingUp(_ new: NodeState, _ cascade: CascadeSnapshot) throws -> CascadeStep? {
    let ahead = cascade.nodes.values.filter { $0.worker.tick > new.worker.tick && $0.name != new.name }
      .sorted { ($0.worker.tick, $1.name) > ($1.worker.tick, $0.name) }
    guard let furthest = ahead.first(where: { $0.type == .branch }) else {
      guard ahead.isEmpty || acceptsLeavesAhead else {
        let names = ahead.map { "\($0.name) (tick \($0.worker.tick))" }.joined(separator: ", ")
        throw CascadeError(
          "leaves are ahead of \(new.name) (tick \(new.worker.tick)) and have no queue to catch up from: \(names)",
          hint:
            "accept that they keep changes which no other node has with --accept-leaves-ahead, and copy their tables anew"
        )
      }
      return nil
    }
    if cascade.isBelow(furthest.name, new.name) {
      // it got its events through the new root itself, so it cannot be ahead for long
      return .wait(
        node: new.name, reason: "\(new.name) to come to tick \(furthest.worker.tick) (at \(new.worker.tick))")
    }
    if new.provider != furthest.name {
      return try ChangeProvider(node: new.name, provider: furthest.name).next(cascade)
    }
    if new.worker.isPaused { return .pause(node: new.name, false) }
    return .wait(
      node: new.name, reason: "\(new.name) to come to tick \(furthest.worker.tick) (at \(new.worker.tick))")
  }
}

extension CascadeSnapshot {
  /// The next node that has to be told that another one is dead.
  func taggingDead(_ name: String) -> CascadeStep? {
    for node in nodes.values.sorted(by: { $0.name < $1.name }) where node.name != name {
      if var member = node.members.first(where: { $0.name == name }), !member.isDead {
        member.isDead = true
        return .register(node: node.name, member: member)
      }
    }
    return nil
  }
}
