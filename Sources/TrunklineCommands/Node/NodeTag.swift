import ArgumentParser
import NodeCascade

/// `trunkline node tag-dead`
struct NodeTagDead: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag-dead", abstract: "Tell all nodes to do without one that is lost.",
    discussion: """
      EXAMPLE
        trunkline node tag-dead --db dbname=shop old
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The node.")
  var node: String

  func run() async throws { try await plan.run(TagNode(node, isDead: true), cascade, connection, output) }
}

/// `trunkline node tag-alive`
struct NodeTagAlive: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag-alive", abstract: "Tell all nodes that one is there again.",
    discussion: """
      EXAMPLE
        trunkline node tag-alive --db dbname=shop old
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The node.")
  var node: String

  func run() async throws { try await plan.run(TagNode(node, isDead: false), cascade, connection, output) }
}
