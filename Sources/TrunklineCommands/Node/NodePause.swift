import ArgumentParser
import NodeCascade

/// `trunkline node pause`
struct NodePause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Let the worker of a node stop after its batch, and wait until it stands still.",
    discussion: """
      EXAMPLE
        trunkline node pause --db dbname=report
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The node. Default: that of --db.")
  var node: String?

  func run() async throws {
    let name = try await node.orLocal(cascade, connection)
    try await plan.run(PauseNode(name, isPaused: true), cascade, connection, output)
  }
}

/// `trunkline node resume`
struct NodeResume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let the worker of a node go on, and wait until it does.",
    discussion: """
      EXAMPLE
        trunkline node resume --db dbname=report
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The node. Default: that of --db.")
  var node: String?

  func run() async throws {
    let name = try await node.orLocal(cascade, connection)
    try await plan.run(PauseNode(name, isPaused: false), cascade, connection, output)
  }
}

extension String? {
  /// The named node, or the one that the database is.
  func orLocal(_ cascade: CascadeOptions, _ connection: ConnectionOptions) async throws -> String {
    if let self { return self }
    return try await cascade.withCascade(connection) { try await $0.localNode() }
  }
}
