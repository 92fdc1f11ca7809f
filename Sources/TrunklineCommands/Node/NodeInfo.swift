import ArgumentParser
import NodeCascade
import ServiceRuntime

/// `trunkline node info`
struct NodeInfo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what this database is for the queue, without asking other nodes.",
    discussion: """
      EXAMPLE
        trunkline node info --db dbname=report
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions

  /// The node, with what its member map says of it and of its provider.
  private struct Result: Encodable {
    var queue: String
    var node: NodeState
    var isTaggedDead: Bool
    var localConnection: String, location: String?, providerLocation: String?
  }

  func run() async throws {
    let result = try await cascade.withCascade(connection) { cascade in
      var node = try await cascade.lookAtLocalNode()
      node.members = node.members.map(\.redacted)
      let location = { (name: String) in node.members.first { $0.name == name } }
      return Result(
        queue: cascade.queue, node: node, isTaggedDead: location(node.name)?.isDead ?? false,
        localConnection: ConnectionText.redacted(connection.connectionString),
        location: location(node.name)?.connectionString,
        providerLocation: location(node.provider)?.connectionString)
    }
    try output.print(result) { result in
      var table = TextTable(["", ""])
      for (name, value) in Self.facts(result) { table.add([name, value]) }
      return table.text
    }
  }

  private static func facts(_ result: Result) -> [(String, String)] {
    let node = result.node
    var flags: [String] = []
    if result.isTaggedDead { flags.append("DEAD") }
    if node.worker.isPaused { flags.append("PAUSED") }
    if !node.worker.isUpToDate { flags.append("NOT UP TO DATE") }
    if node.type == .root, node.refusesInserts { flags.append("REFUSES INSERTS") }
    var facts = [
      ("node", ([node.name] + flags).joined(separator: ", ")), ("queue", result.queue), ("type", node.type.rawValue),
      ("worker", "\(node.worker.name), tick \(node.worker.tick)"), ("connection", result.localConnection),
      ("location", result.location ?? ""),
    ]
    if node.type != .root { facts.append(("provider", "\(node.provider): \(result.providerLocation ?? "")")) }
    if let combined = node.combinedQueue { facts.append(("merges into", combined)) }
    for merge in node.merges { facts.append(("filled from", "\(merge.queue), tick \(merge.worker.tick)")) }
    if let tables = node.tables {
      facts.append(
        ("tables", "\(tables.inSync) in sync, \(tables.copying) being copied, \(tables.ignored) not replicated"))
    }
    for subscriber in node.subscribers {
      let lag = subscriber.lag.map { ", \(Int($0)) s behind" } ?? ""
      facts.append(("subscriber", "\(subscriber.node): tick \(subscriber.workerTick ?? 0)\(lag)"))
    }
    for (lost, tick) in node.gravestones.sorted(by: { $0.key < $1.key }) {
      facts.append(("gravestone", "\(lost), tick \(tick)"))
    }
    if let attributes = node.attributes, !attributes.isEmpty { facts.append(("attributes", attributes)) }
    if let error = node.worker.error, !error.isEmpty { facts.append(("error", error)) }
    return facts
  }
}
