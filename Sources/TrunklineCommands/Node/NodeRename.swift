import ArgumentParser
import NodeCascade

/// `trunkline node rename`
struct NodeRename: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Give a node another name, on all nodes.",
    discussion: """
      The worker of the node stands still meanwhile; its own name and those of consumers stay. Nodes that do not answer are an error, those
      tagged as dead are left out: run the command again when they are back.

      EXAMPLE
        trunkline node rename --db dbname=shop report report-eu
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Leave the worker of the node paused.")
  var stayPaused = false

  @Argument(help: "The name that it has.")
  var old: String

  @Argument(help: "The name that it shall have.")
  var new: String

  func run() async throws {
    try await plan.run(
      RenameNode(from: old, to: new, staysPaused: stayPaused), cascade, connection, output, renaming: (old, new))
  }
}
