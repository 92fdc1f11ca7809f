import ArgumentParser
import NodeCascade
import ServiceRuntime

/// `trunkline node set`
struct NodeSet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Show or change the attributes of this node.",
    discussion: """
      Filters of tables and sequences hold for what is added to the set from now on. An empty value removes an attribute.

      EXAMPLE
        trunkline node set --db dbname=report --skip-tables 'audit.*'
        trunkline node set --db dbname=copy --sync-watermark ''
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var filters: NodeFilterOptions

  @Option(help: "Of a branch: keep the global watermark in step with these nodes (comma).")
  var syncWatermark: String?

  @Flag(help: "Show what the attributes would be, and change nothing.")
  var dryRun = false

  func run() async throws {
    let attributes = try await cascade.withCascade(connection) { cascade in
      let node = try await cascade.lookAtLocalNode()
      var attributes = NodeAttributes(encoded: node.attributes)
      filters.apply(to: &attributes)
      if let syncWatermark {
        guard node.type == .branch || syncWatermark.isEmpty else {
          throw CommandError("node \(node.name) is no branch: it has no watermark to keep in step", exitCode: .usage)
        }
        attributes.syncWatermark = syncWatermark.split(separator: ",").map(String.init)
      }
      if !dryRun, !filters.isEmpty || syncWatermark != nil { try await cascade.set(attributes) }
      return attributes
    }
    try output.print(attributes) { attributes in
      let lists = [
        ("sync watermark", attributes.syncWatermark), ("only tables", attributes.onlyTables),
        ("skip tables", attributes.skippedTables), ("only sequences", attributes.onlySequences),
        ("skip sequences", attributes.skippedSequences),
      ]
      var table = TextTable(["attribute", "value"])
      for (name, values) in lists where !values.isEmpty { table.add([name, values.joined(separator: ", ")]) }
      for (name, value) in attributes.others.sorted(by: { $0.key < $1.key }) { table.add([name, value]) }
      return table.text
    }
  }
}
