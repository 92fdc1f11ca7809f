import ArgumentParser
import NodeCascade

/// `trunkline node change-provider`
struct NodeChangeProvider: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "change-provider", abstract: "Let a node read from another one. Nothing is copied again.",
    discussion: """
      EXAMPLE
        trunkline node change-provider --db dbname=report --provider main
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The node to read from.")
  var provider: String

  @Flag(help: "Leave the worker paused.")
  var stayPaused = false

  @Argument(help: "The node that changes. Default: that of --db.")
  var node: String?

  func run() async throws {
    let name = try await node.orLocal(cascade, connection)
    try await plan.run(
      ChangeProvider(node: name, provider: provider, staysPaused: stayPaused), cascade, connection, output)
  }
}
