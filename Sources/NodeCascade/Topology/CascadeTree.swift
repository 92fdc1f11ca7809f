/// The cascade as indented lines.
public struct CascadeTree: Sendable {
  /// A node, how deep it stands, and what to say of it.
  public struct Line: Sendable, Equatable {
    /// The node's name.
    public var node: String
    /// Number of nodes between it and the root.
    public var depth: Int
    /// What it is and how it does, in words.
    public var facts: [String]
    /// Whether something wants attention.
    public var isAlarming: Bool
  }

  /// The lines, from the root down; then nodes that hang on none of these, and those that did not answer.
  public let lines: [Line]

  /// Makes the tree of a snapshot. More than `alarmLag` seconds behind is alarming. A compact one leaves out what is as it should be.
  public init(_ cascade: CascadeSnapshot, alarmLag: Double = 60, isCompact: Bool = false) {
    var lines: [Line] = []
    var seen: Set<String> = []
    func add(_ node: NodeState, _ depth: Int) {
      guard seen.insert(node.name).inserted else { return }
      lines.append(Self.line(node, depth, cascade, alarmLag, isCompact))
      for child in cascade.children(of: node.name) { add(child, depth + 1) }
    }
    let roots = cascade.nodes.values.filter { $0.type == .root }.sorted {
      ($0.refusesInserts ? 1 : 0, $0.name) < ($1.refusesInserts ? 1 : 0, $1.name)
    }
    for root in roots { add(root, 0) }
    for node in cascade.nodes.values.sorted(by: { $0.name < $1.name }) where cascade.nodes[node.provider] == nil {
      add(node, 0)
    }
    for node in cascade.nodes.values.sorted(by: { $0.name < $1.name }) { add(node, 0) }
    for (name, reason) in cascade.unreachable.sorted(by: { $0.key < $1.key }) {
      let isTagged = cascade.isTaggedDead(name)
      lines.append(
        Line(node: name, depth: 0, facts: [isTagged ? "dead" : "not reachable: \(reason)"], isAlarming: !isTagged))
    }
    self.lines = lines
  }

  private static func line(
    _ node: NodeState, _ depth: Int, _ cascade: CascadeSnapshot, _ alarmLag: Double, _ isCompact: Bool
  ) -> Line {
    var facts = [node.combinedQueue.map { "\(node.type.rawValue), merges into \($0)" } ?? node.type.rawValue]
    var isAlarming = false
    if let tables = node.tables, !isCompact || tables.copying > 0 {
      facts.append("tables \(tables.inSync)/\(tables.copying)/\(tables.ignored)")
    }
    let feed = cascade.nodes[node.provider]?.subscribers.first { $0.node == node.name }
    if node.type != .root, let lag = feed?.lag {
      facts.append("lag \(lag < 10 ? "\((lag * 10).rounded() / 10)" : "\(Int(lag))") s")
      if lag > alarmLag { isAlarming = true }
    }
    if !isCompact { facts.append("tick \(node.worker.tick)") }
    for merge in node.merges where !isCompact || merge.worker.error != nil {
      facts.append(
        "filled from \(merge.queue) up to tick \(merge.worker.tick)\(merge.worker.isPaused ? " (PAUSED)" : "")")
    }
    for (lost, tick) in node.gravestones.sorted(by: { $0.key < $1.key }) {
      facts.append("keeps events after tick \(tick) for \(lost)")
    }
    if node.type == .root, node.refusesInserts {
      facts.append("REFUSES INSERTS")
      isAlarming = true
    }
    if node.worker.isPaused { facts.append("PAUSED") }
    if !node.worker.isUpToDate { facts.append("NOT UP TO DATE") }
    if node.type != .root, cascade.nodes[node.provider] == nil {
      facts.append("reads from \(node.provider)")
      isAlarming = true
    }
    if let attributes = node.attributes, !attributes.isEmpty, !isCompact { facts.append(attributes) }
    if let error = node.worker.error, !error.isEmpty {
      facts.append("ERROR: \(error.split(separator: "\n").first.map(String.init) ?? error)")
      isAlarming = true
    }
    return Line(node: node.name, depth: depth, facts: facts, isAlarming: isAlarming)
  }
}
