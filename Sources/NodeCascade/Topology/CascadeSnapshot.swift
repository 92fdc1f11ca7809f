/// All nodes of a cascaded queue, as far as they could be reached, at about one moment. A pure value: plans decide by it.
public struct CascadeSnapshot: Codable, Sendable, Equatable {
  /// The queue.
  public var queue: String
  /// The nodes that answered.
  public var nodes: [String: NodeState]
  /// The nodes that did not, and why.
  public var unreachable: [String: String]

  /// A snapshot.
  public init(queue: String, nodes: [NodeState], unreachable: [String: String] = [:]) {
    self.queue = queue
    self.nodes = Dictionary(nodes.map { ($0.name, $0) }) { first, _ in first }
    self.unreachable = unreachable
  }

  /// The node where events are made. During a switchover the old root is one, too, but closed: the open one counts.
  public var root: NodeState? {
    let roots = nodes.values.filter { $0.type == .root }.sorted { $0.name < $1.name }
    return roots.first { !$0.refusesInserts } ?? roots.first
  }

  /// The nodes that read from `name`, by name.
  public func children(of name: String) -> [NodeState] {
    nodes.values.filter { $0.provider == name && $0.name != name }.sorted { $0.name < $1.name }
  }

  /// The nodes that read from `name`, and those whose subscription there is left over from a change that was broken off.
  public func dependents(of name: String) -> [NodeState] {
    let subscribed = Set(nodes[name]?.subscribers.map(\.node) ?? [])
    return nodes.values.filter { $0.name != name && ($0.provider == name || subscribed.contains($0.name)) }
      .sorted { $0.name < $1.name }
  }

  /// Whether `name` is `ancestor` or reads from it, directly or through others.
  public func isBelow(_ name: String, _ ancestor: String) -> Bool {
    var current = name
    var seen: Set<String> = []
    while current != ancestor {
      guard seen.insert(current).inserted, let node = nodes[current], node.provider != current else { return false }
      current = node.provider
    }
    return true
  }

  /// Every name that any node's member map has.
  public var memberNames: [String] {
    Set(nodes.values.flatMap { $0.members.map(\.name) }).union(nodes.keys).union(unreachable.keys).sorted()
  }

  /// The nodes that answered and count `name` among their subscribers.
  public func providers(of name: String) -> [NodeState] {
    nodes.values.filter { $0.subscribers.contains { $0.node == name } }.sorted { $0.name < $1.name }
  }

  /// Whether any reachable node says that `name` is dead.
  public func isTaggedDead(_ name: String) -> Bool {
    nodes.values.contains { $0.members.contains { $0.name == name && $0.isDead } }
  }
}
