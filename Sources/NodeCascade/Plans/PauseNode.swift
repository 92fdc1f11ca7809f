/// Stops a node's worker after its batch, or lets it go on, and waits for its confirmation.
public struct PauseNode: CascadePlan {
  /// The node.
  public var node: String
  /// Whether it shall stand still.
  public var isPaused: Bool

  /// A pause or its end.
  public init(_ node: String, isPaused: Bool) {
    self.node = node
    self.isPaused = isPaused
  }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    let node = try cascade.reachable(node)
    if node.worker.isPaused != isPaused { return .pause(node: node.name, isPaused) }
    if !node.worker.isUpToDate {
      return .wait(node: node.name, reason: "the worker of \(node.name) to confirm (does it run?)")
    }
    return nil
  }
}
