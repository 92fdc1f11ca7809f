import ArgumentParser
import NodeCascade
import ServiceRuntime

/// `trunkline node wait`
struct NodeWait: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Wait until this node has everything that another one has now.",
    discussion: """
      On the root a tick is made, so that it is everything that was committed there before the command began. Against the provider (--provider)
      it is what that one has received.

      EXAMPLE
        trunkline node wait --db dbname=report
        trunkline node wait --db dbname=report --provider --timeout 5min
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Wait for what the root has. The default.")
  var root = false

  @Flag(help: "Wait for what the node has that this one reads from.")
  var provider = false

  @Argument(help: "The node that waits. Default: that of --db.")
  var node: String?

  func validate() throws {
    if root && provider { throw ValidationError("--root and --provider exclude each other") }
  }

  private struct Result: Encodable {
    var node: String
    /// The tick that it has reached.
    var tick: Int64
  }

  func run() async throws {
    let result = try await cascade.withCascade(connection) { cascade in
      let snapshot = try await cascade.look()
      let local = try await cascade.localNode()
      let name = node ?? local
      let tick = try await goal(snapshot, name, cascade)
      try await cascade.run(ReachTick(name, tick: tick), patience: self.cascade.timeout.duration) { step in
        StandardStreams.writeError("\(step.text)\n")
      }
      return Result(node: name, tick: tick)
    }
    try output.print(result) { "Node \($0.node) has tick \($0.tick)." }
  }

  private func goal(_ snapshot: CascadeSnapshot, _ name: String, _ cascade: Cascade) async throws -> Int64 {
    guard let node = snapshot.nodes[name] else {
      throw CommandError(
        "node \(name) cannot be reached\(snapshot.unreachable[name].map { ": \($0)" } ?? "")",
        hint: "see which there are: trunkline node status", exitCode: .configuration)
    }
    if node.type == .root { return node.newestTick ?? 0 }
    let source = provider ? snapshot.nodes[node.provider] : snapshot.root
    guard let source else {
      throw CommandError(
        provider ? "node \(node.provider) cannot be reached" : "the root cannot be reached",
        hint: "see what holds it up: trunkline node status", exitCode: .unavailable)
    }
    if source.type == .root, !source.refusesInserts { return try await cascade.makeTick(on: source.name) }
    return source.newestTick ?? 0
  }
}
