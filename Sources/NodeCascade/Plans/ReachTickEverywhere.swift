/// Waits until all nodes have finished a tick of the root, those excepted that are tagged as dead.
public struct ReachTickEverywhere: CascadePlan {
  /// The tick.
  public var tick: Int64

  /// A wait.
  public init(tick: Int64) { self.tick = tick }

  /// See ``CascadePlan``.
  public func next(_ cascade: CascadeSnapshot) throws -> CascadeStep? {
    for node in cascade.nodes.values.sorted(by: { $0.name < $1.name }) {
      if let step = try ReachTick(node.name, tick: tick).next(cascade) { return step }
    }
    let silent = cascade.unreachable.filter { !cascade.isTaggedDead($0.key) }
    return silent.min { $0.key < $1.key }.map {
      .wait(node: $0.key, reason: "\($0.key), which does not answer: \($0.value)")
    }
  }
}
