import ArgumentParser
import NodeCascade

/// `trunkline node drop`
struct NodeDrop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop",
    abstract: "Take a node out of the cascade, alive or lost. Its tables stay, its queue and triggers go.",
    discussion: """
      EXAMPLE
        trunkline node drop --db dbname=shop report
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The node.")
  var node: String

  func run() async throws {
    let isLocal = try await cascade.withCascade(connection) { try await $0.localNode() } == node
    guard isLocal else {
      return try await plan.run(NodeCascade.DropNode(node), cascade, connection, output)
    }
    // the others are told first: afterwards nothing here knows them
    try await cascade.withCascade(connection) { cascade in
      let snapshot = try await cascade.look()
      if plan.dryRun { return try plan.show(try snapshot.steps(of: DropLocalNode(node)), output) }
      try await plan.carryOut(DropLocalNode(node), cascade, self.cascade, output)
    }
  }
}
