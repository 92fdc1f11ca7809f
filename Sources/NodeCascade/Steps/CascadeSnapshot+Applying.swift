/// What a step does, on the snapshot alone: for `--dry-run`, and for tests of plans without a server.
extension CascadeSnapshot {
  /// The cascade after `step`, with workers that run.
  public func applying(_ step: CascadeStep) -> CascadeSnapshot {
    var next = self
    switch step {
    case .register(let node, let member):
      next.change(node) { $0.register(member) }
      if nodes[node]?.type == .root { for name in nodes.keys { next.change(name) { $0.register(member) } } }
    case .forget(let node, let member):
      next.change(node) { state in
        state.members.removeAll { $0.name == member }
        state.subscribers.removeAll { $0.node == member }
      }
    case .pause(let node, let isPaused):
      next.change(node) { state in
        state.worker.isPaused = isPaused
        state.worker.isUpToDate = false
      }
    case .subscribe(let node, let subscriber, let worker, let tick):
      next.change(node) { state in
        state.subscribers.removeAll { $0.node == subscriber }
        state.subscribers.append(.init(node: subscriber, worker: worker, workerTick: tick ?? state.globalWatermark))
      }
    case .unsubscribe(let node, let subscriber):
      next.change(node) { $0.subscribers.removeAll { $0.node == subscriber } }
    case .setProvider(let node, let provider, let resumes):
      next.change(node) { state in
        state.provider = provider
        if resumes { state.worker.isPaused = false }
        state.worker.isUpToDate = false
      }
    case .demote(let node, let step, let newRoot):
      next.change(node) { $0.demote(step, newRoot) }
    case .promote(let node):
      next.change(node) { state in
        state.type = .root
        state.provider = node
        state.refusesInserts = false
        state.isClosed = false
        state.endsWithTick = false
        state.worker.isUpToDate = false
      }
    case .erectGravestone(let node, let lost, let tick):
      next.change(node) { $0.gravestones[lost] = tick }
    case .pauseMerge(let node, let queue, let isPaused):
      next.change(node) { state in
        for index in state.merges.indices where state.merges[index].queue == queue {
          state.merges[index].worker.isPaused = isPaused
          state.merges[index].worker.isUpToDate = false
        }
      }
    case .withdraw(let node, let tick, let provider, let keeping, _):
      next.change(node) { $0.withdraw(tick, provider, keeping) }
    case .reinstate(let node, let lost, let worker, let tick):
      next = applying(.register(node: node, member: lost))
      next.change(node) { state in
        state.gravestones[lost.name] = nil
        state.subscribers.removeAll { $0.node == lost.name }
        state.subscribers.append(.init(node: lost.name, worker: worker, workerTick: tick))
      }
    case .rename(let node, let old, let new):
      next.rename(node, old, new)
    case .drop(let node):
      next.nodes[node] = nil
    case .wait:
      next.settle()
    }
    return next
  }

  /// The steps to a plan's goal from here, if workers run and nothing else changes.
  ///
  /// - Throws: what the plan throws; ``CascadeError`` if it does not come to an end.
  public func steps(of plan: some CascadePlan) throws -> [CascadeStep] {
    var steps: [CascadeStep] = []
    var cascade = self
    while let step = try plan.next(cascade) {
      steps.append(step)
      guard steps.count < 100 + 20 * nodes.count else {
        throw CascadeError("the plan does not come to an end; its last step: \(step.text)")
      }
      cascade = cascade.applying(step)
    }
    return steps
  }

  private mutating func rename(_ node: String, _ old: String, _ new: String) {
    guard var state = nodes[node] else { return }
    state.rename(old, new)
    nodes[node] = nil
    nodes[state.name] = state
  }

  private mutating func change(_ name: String, _ body: (inout NodeState) -> Void) {
    guard var state = nodes[name] else { return }
    body(&state)
    nodes[name] = state
  }

  /// Every worker does what it was asked, and catches up with its provider unless it is paused.
  private mutating func settle() {
    for _ in nodes {
      for (name, state) in nodes {
        var state = state
        state.worker.isUpToDate = true
        if state.type != .root, !state.worker.isPaused, let provider = nodes[state.provider] {
          let tick = max(state.worker.tick, provider.newestTick ?? 0)
          state.worker.tick = tick
          if var tables = state.tables {
            (tables.inSync, tables.copying, tables.copyingNames) = (tables.inSync + tables.copying, 0, [])
            state.tables = tables
          }
          if state.type == .branch {
            state.newestTick = tick
            // what the provider merged has come through the queue
            for index in state.merges.indices {
              let merge = provider.merges.first { $0.queue == state.merges[index].queue }
              state.merges[index].worker.tick = max(state.merges[index].worker.tick, merge?.worker.tick ?? 0)
            }
          }
        }
        for index in state.merges.indices { state.merges[index].worker.isUpToDate = true }
        nodes[name] = state
      }
    }
  }
}

extension NodeState {
  fileprivate mutating func withdraw(_ tick: Int64, _ newProvider: String, _ keeping: [String]) {
    type = .branch
    provider = newProvider
    worker.tick = tick
    newestTick = tick
    worker.isPaused = true
    worker.isUpToDate = false
    subscribers.removeAll { !keeping.contains($0.node) }
  }

  fileprivate mutating func rename(_ old: String, _ new: String) {
    let renamed = { (name: String) in name == old ? new : name }
    name = renamed(name)
    provider = renamed(provider)
    for index in members.indices { members[index].name = renamed(members[index].name) }
    for index in subscribers.indices { subscribers[index].node = renamed(subscribers[index].node) }
    gravestones = Dictionary(gravestones.map { (renamed($0.key), $0.value) }) { first, _ in first }
  }

  fileprivate mutating func register(_ member: NodeLocation) {
    members.removeAll { $0.name == member.name }
    members.append(member)
  }

  fileprivate mutating func demote(_ step: Int, _ newRoot: String) {
    switch step {
    case 1: refusesInserts = true
    case 2:
      isClosed = true
      endsWithTick = true
      newestTick = (newestTick ?? 0) + 1
      newestTickAge = 0
      worker.tick = newestTick ?? worker.tick
    default:
      type = .branch
      provider = newRoot
      worker.isUpToDate = false
    }
  }
}
