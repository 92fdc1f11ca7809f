import StatusModel

/// A snapshot as people read it.
struct StatusText {
  private let snapshot: StatusSnapshot
  private let findings: [Finding]
  private let style: TextStyle

  init(_ snapshot: StatusSnapshot, style: TextStyle) {
    self.snapshot = snapshot
    self.style = style
    findings = Diagnosis(snapshot).findings
  }

  var text: String {
    var parts = [heading]
    if !snapshot.queues.isEmpty { parts.append(queues) }
    if !snapshot.consumers.isEmpty { parts.append(consumers) }
    if !snapshot.replications.isEmpty { parts.append(replications) }
    if !snapshot.nodes.isEmpty { parts.append(nodes) }
    parts.append(problems)
    if !snapshot.unseen.isEmpty {
      parts.append(snapshot.unseen.map { style.faint("not seen: \($0)\n") }.joined())
    }
    return parts.joined(separator: "\n")
  }

  private var heading: String {
    let server = snapshot.server
    return
      "\(style.bold("database \(server.database)")), PostgreSQL \(server.version)\(server.isInRecovery ? " (stand-by)" : ""), "
      + "\(ticker)\n"
  }

  private var ticker: String {
    let ticker = snapshot.ticker
    if let pid = ticker.trunkline.first { return "ticker: backend \(pid)\(ticker.isAsleep ? ", asleep" : "")" }
    if let pid = ticker.others.first { return "ticker: pgqd, backend \(pid)" }
    return "no ticker"
  }

  private var queues: String {
    var table = TextTable(
      ["queue", "events/s", "new", "last tick", "size", "delayed", "rotation"], rightAligned: [1, 2, 3, 4, 5])
    for queue in snapshot.queues {
      var rotation = Self.rotation(queue)
      if queue.isTickerPaused { rotation += ", paused" }
      if queue.isInsertDisabled { rotation += ", inserts disabled" }
      table.add([
        queue.name, queue.eventsPerSecond.map { ReadableText.tenths($0) } ?? "-", ReadableText.count(queue.newEvents),
        queue.tickerLag.map { "\(ReadableText.time($0)) ago" } ?? "-", ReadableText.bytes(queue.bytes),
        queue.delayedEvents > 0 ? ReadableText.count(queue.delayedEvents) : "-", rotation,
      ])
    }
    return headed(table)
  }

  static func rotation(_ queue: QueueSnapshot) -> String {
    switch queue.rotation {
    case .off: "off"
    case .running(let dueIn): "in \(ReadableText.time(dueIn))"
    case .due(let since), .waitsForTick(let since): "due since \(ReadableText.time(since))"
    case .halfDone(let since): "half done since \(ReadableText.time(since))"
    case .waitsForConsumer(let name, let since): "waits for \(name) since \(ReadableText.time(since))"
    case .waitsForTransaction(let since): "waits for a transaction since \(ReadableText.time(since))"
    }
  }

  private var consumers: String {
    var table = TextTable(
      ["queue", "consumer", "behind", "events", "kept", "last seen", "batch", "retry", "dead", "state"],
      rightAligned: [2, 3, 4, 5, 6, 7, 8])
    for consumer in snapshot.consumers {
      var state: [String] = []
      if consumer.isPaused { state.append("paused") }
      if !consumer.members.isEmpty {
        let busy = consumer.members.filter { $0.batch != nil }.count
        state.append("\(busy) of \(consumer.members.count) members busy")
      }
      if !consumer.lanes.isEmpty { state.append("\(consumer.lanes.count) lanes") }
      table.add([
        consumer.queue, consumer.name, consumer.lag.map { ReadableText.time($0) } ?? "-",
        ReadableText.count(consumer.pendingEvents), ReadableText.bytes(consumer.retainedBytes),
        consumer.idle.map { "\(ReadableText.time($0)) ago" } ?? "-", consumer.batch.map(String.init) ?? "-",
        consumer.retries + consumer.parked > 0 ? ReadableText.count(consumer.retries + consumer.parked) : "-",
        consumer.deadEvents > 0 ? ReadableText.count(consumer.deadEvents) : "-", state.joined(separator: ", "),
      ])
    }
    return headed(table)
  }

  private var replications: String {
    var table = TextTable(["replication of", "as", "at tick", "events", "moved"], rightAligned: [2, 3, 4])
    for position in snapshot.replications {
      table.add([
        position.queue, position.consumer, "\(position.lastTick)", ReadableText.count(position.events),
        position.error == nil ? "\(ReadableText.time(position.idle)) ago" : "stopped",
      ])
    }
    return headed(table)
  }

  private var nodes: String {
    var table = TextTable(["node", "of queue", "type", "reads from", "at tick", "state"], rightAligned: [4])
    for node in snapshot.nodes {
      var state: [String] = []
      if node.isPaused { state.append("paused") }
      if !node.isUpToDate { state.append("not up to date") }
      if node.error != nil { state.append("stopped") }
      if !node.unfinishedTables.isEmpty { state.append("\(node.unfinishedTables.count) tables not in sync") }
      table.add([
        node.name, node.queue, node.type, node.type == "root" ? "-" : node.provider, "\(node.lastTick)",
        state.joined(separator: ", "),
      ])
    }
    return headed(table)
  }

  private var problems: String {
    let shown = findings.filter { $0.severity > .notice }
    guard !shown.isEmpty else { return style.good("nothing is wrong\n") }
    return shown.map { style.severity($0.severity.rawValue, $0.severity) + ": \($0.what)\n" }.joined()
      + style.faint("causes and remedies: trunkline doctor\n")
  }

  /// The first line stands out.
  private func headed(_ table: TextTable) -> String {
    let text = table.text
    guard let end = text.firstIndex(of: "\n") else { return text }
    return style.bold(String(text[..<end])) + text[end...]
  }
}
