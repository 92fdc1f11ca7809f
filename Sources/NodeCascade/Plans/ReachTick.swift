/// Waits until a node has finished a tick, and so everything that was committed before it.
public struct ReachTick: CascadePlan {
  /// The node, and the tick.
  public var node: String, tick: Int64

  /// A wait.
  public init(_ node: String, tick: Int64) {
    self.node = node
    self.tick = tick
  }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    let node = try cascade.reachable(node)
    guard node.type != .root, node.worker.tick < tick else { return nil }
    if let error = node.worker.error, !error.isEmpty {
      // it may go on by itself, so that is worth saying, but no end
      return .wait(node: node.name, reason: "\(node.name) to come to tick \(tick); its worker reports: \(error)")
    }
    return .wait(
      node: node.name, reason: "\(node.name) to come to tick \(tick)\(node.worker.isPaused ? " (paused)" : "")")
  }
}
