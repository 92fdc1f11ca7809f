import ServiceRuntime

/// Lets a node read from another one, which has the same ticks: nothing is copied again, nothing is lost or doubled.
public struct ChangeProvider: CascadePlan {
  /// The node, and where it shall read.
  public var node: String, provider: String
  /// Leave the node's worker paused, as it was before.
  public var staysPaused: Bool

  /// A change of provider.
  public init(node: String, provider: String, staysPaused: Bool = false) {
    self.node = node
    self.provider = provider
    self.staysPaused = staysPaused
  }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    let node = try cascade.reachable(node)
    let provider = try cascade.reachable(provider)
    guard node.name != provider.name else {
      throw CascadeError("node \(node.name) cannot read from itself", exitCode: .usage)
    }
    guard node.type != .root else {
      throw CascadeError(
        "node \(node.name) is the root and reads from nobody",
        hint: "let another node take over first: trunkline node takeover \(node.name)")
    }
    guard provider.type != .leaf else {
      throw CascadeError(
        "node \(provider.name) is a leaf and has no queue to read from", hint: "choose a root or a branch")
    }

    if node.provider != provider.name {
      guard !cascade.isBelow(provider.name, node.name) else {
        throw CascadeError(
          "node \(provider.name) reads from \(node.name) itself, directly or through others",
          hint: "let \(provider.name) read from another node first")
      }
      if !provider.members.contains(where: { $0.name == node.name && !$0.isDead }) {
        guard var location = cascade.location(of: node.name) else {
          throw CascadeError("no node knows the location of \(node.name)")
        }
        location.isDead = false
        return .register(node: provider.name, member: location)
      }
      if !node.members.contains(where: { $0.name == provider.name }) {
        guard let location = cascade.location(of: provider.name) else {
          throw CascadeError("no node knows the location of \(provider.name)")
        }
        return .register(node: node.name, member: location)
      }
      if let step = cascade.pausing(node) { return step }
      if let newest = provider.newestTick, newest < node.worker.tick {
        return .wait(node: provider.name, reason: "\(provider.name) to come to tick \(node.worker.tick) (at \(newest))")
      }
      let subscription = provider.subscribers.first { $0.node == node.name }
      if subscription?.workerTick != node.worker.tick || subscription?.worker != node.worker.name {
        return .subscribe(
          node: provider.name, subscriber: node.name, worker: node.worker.name, tick: node.worker.tick)
      }
      return .setProvider(node: node.name, provider: provider.name, resumes: !staysPaused)
    }
    if !staysPaused, let step = cascade.resuming(node) { return step }
    if let former = cascade.providers(of: node.name).first(where: { $0.name != provider.name }) {
      return .unsubscribe(node: former.name, subscriber: node.name)
    }
    return nil
  }
}
