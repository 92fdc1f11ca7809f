import ServiceRuntime

/// Makes a branch the root while the old root is alive: it becomes a branch of the new one. No committed event is lost, as the
/// old root takes none after its last tick, and the new root has everything up to that tick.
///
/// Writes to replicated tables fail on the old root from the first step on: applications have to go to the new root.
public struct Switchover: CascadePlan {
  /// The root that steps down, and the branch that takes its place.
  public var oldRoot: String, newRoot: String
  /// Whether the other nodes that read from the old root shall read from the new one.
  public var movesSubscribers: Bool
  /// Go on although the new root lacks tables of the set or leaves that fill its queue.
  public var isForced: Bool

  /// A switchover.
  public init(from oldRoot: String, to newRoot: String, movesSubscribers: Bool = false, isForced: Bool = false) {
    self.oldRoot = oldRoot
    self.newRoot = newRoot
    self.movesSubscribers = movesSubscribers
    self.isForced = isForced
  }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    let old = try cascade.reachable(oldRoot)
    let new = try cascade.reachable(newRoot)
    guard old.name != new.name else {
      throw CascadeError("node \(new.name) cannot take over from itself", exitCode: .usage)
    }

    if new.type != .root {
      guard new.type == .branch else {
        throw CascadeError("node \(new.name) is a leaf: it has no queue", hint: "choose a branch")
      }
      guard old.type == .root else {
        throw CascadeError(
          "node \(old.name) is not the root", hint: cascade.root.map { "the root is \($0.name)" })
      }
      if !isForced {
        if old.refusesInserts, let step = copies(old, new, cascade) { return step }
        try new.checkTables()
      }
      if let step = try merging(old, new) { return step }
      if let step = demotion(old, cascade) { return step }
      guard let last = old.newestTick else {
        throw CascadeError("node \(old.name) has no tick", hint: "is its queue there?")
      }
      if new.worker.tick < last {
        guard !new.worker.isPaused else { return .pause(node: new.name, false) }
        return .wait(node: new.name, reason: "\(new.name) to come to tick \(last) (at \(new.worker.tick))")
      }
      if let step = cascade.pausing(new) { return step }
      return .promote(node: new.name)
    }

    if old.type == .root {
      // its last tick is the one at which it goes on
      if !new.members.contains(where: { $0.name == old.name && !$0.isDead }) {
        guard var location = cascade.location(of: old.name) else {
          throw CascadeError("no node knows the location of \(old.name)")
        }
        location.isDead = false
        return .register(node: new.name, member: location)
      }
      let subscription = new.subscribers.first { $0.node == old.name }
      if subscription?.workerTick != old.newestTick || subscription?.worker != old.worker.name {
        return .subscribe(node: new.name, subscriber: old.name, worker: old.worker.name, tick: old.newestTick)
      }
      return .demote(node: old.name, step: 3, newRoot: new.name)
    }
    if old.subscribers.contains(where: { $0.node == new.name }) {
      return .unsubscribe(node: old.name, subscriber: new.name)
    }
    if let step = cascade.resuming(new) ?? cascade.resuming(old) ?? resumingMerges(old) { return step }
    if movesSubscribers {
      for child in cascade.dependents(of: old.name) where child.name != new.name {
        if let step = try ChangeProvider(node: child.name, provider: new.name).next(cascade) { return step }
      }
    }
    return nil
  }

  /// Tables that began to be copied after a switchover was broken off: nobody else makes the ticks at which their copies end.
  private func copies(_ old: NodeState, _ new: NodeState, _ cascade: CascadeSnapshot) -> CascadeStep? {
    guard let tables = new.tables, tables.copying > 0, tables.ignored == 0 else { return nil }
    if let step = demotion(old, cascade) { return step }
    guard !new.worker.isPaused else { return .pause(node: new.name, false) }
    if old.newestTickAge ?? 0 > Self.tickInterval { return .demote(node: old.name, step: 2, newRoot: newRoot) }
    return .wait(
      node: new.name, reason: "\(new.name) to have its tables in sync (\(NodeState.list(tables.copyingNames)))")
  }

  /// Seconds between the ticks that are made for copies.
  private static let tickInterval = 3.0

  /// Until the old root takes no event any more and its last tick is made.
  private func demotion(_ old: NodeState, _ cascade: CascadeSnapshot) -> CascadeStep? {
    if let step = cascade.pausing(old) { return step }
    if !old.refusesInserts { return .demote(node: old.name, step: 1, newRoot: newRoot) }
    if !old.isClosed || !old.endsWithTick { return .demote(node: old.name, step: 2, newRoot: newRoot) }
    return nil
  }
}
