import NodeCascade
import Testing

/// A cascade in words: `root > (branch > leaf, other)` as pairs of node and provider.
func cascade(_ edges: [(node: String, provider: String)], leaves: Set<String> = [], tick: Int64 = 100)
  -> CascadeSnapshot
{
  let members = edges.map { NodeLocation(name: $0.node, connectionString: "dbname=\($0.node)") }
  let nodes = edges.map { node, provider in
    let type: NodeType = node == provider ? .root : leaves.contains(node) ? .leaf : .branch
    var state = NodeState(name: node, type: type, provider: provider, worker: .init(name: "w_\(node)", tick: tick))
    state.members = members
    if type != .leaf {
      state.newestTick = tick
      state.subscribers = edges.filter { $0.provider == node && $0.node != node }.map {
        .init(node: $0.node, worker: "w_\($0.node)", workerTick: tick)
      }
    }
    state.refusesInserts = type == .branch
    state.isClosed = type == .branch
    return state
  }
  return CascadeSnapshot(queue: "q", nodes: nodes)
}

extension CascadeSnapshot {
  /// The same cascade without a node that is lost.
  func losing(_ name: String) -> CascadeSnapshot {
    var copy = self
    copy.nodes[name] = nil
    copy.unreachable[name] = "connection refused"
    return copy
  }

  /// Node and provider of everybody, by node.
  var shape: [String] { nodes.values.map { "\($0.name) < \($0.provider)" }.sorted() }

  /// What must hold after every step, however the operation is broken off.
  func violations() -> [String] {
    var found: [String] = []
    let open = nodes.values.filter { $0.type == .root && !$0.refusesInserts }
    if open.count > 1 { found.append("two roots take changes: \(open.map(\.name))") }
    for node in nodes.values where node.type != .root {
      guard let provider = nodes[node.provider] else { continue }
      if !node.worker.isPaused {
        let subscription = provider.subscribers.first { $0.node == node.name }
        if subscription == nil { found.append("\(node.name) reads from \(provider.name) without a subscription") }
      }
    }
    return found
  }
}

/// Runs a plan to its end; after every step the cascade must be in order, and a new plan must go on from there.
func run(_ plan: some CascadePlan, on start: CascadeSnapshot) throws -> CascadeSnapshot {
  var cascade = start
  let expected = try start.steps(of: plan)
  for (index, step) in expected.enumerated() {
    cascade = cascade.applying(step)
    #expect(cascade.violations() == [], "after \(step.text)")
    let left = try cascade.steps(of: plan)
    #expect(left == Array(expected.dropFirst(index + 1)), "broken off after \(step.text)")
  }
  return cascade
}
