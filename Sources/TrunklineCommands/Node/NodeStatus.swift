import ArgumentParser
import NodeCascade
import ServiceRuntime
import StatusModel

/// `trunkline node status`
struct NodeStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show all nodes as a tree: tables (in sync/copying/ignored), lag, tick, errors.",
    discussion: """
      On a terminal, what wants attention is coloured: a lag of more than a minute, errors, nodes that do not answer.

      EXAMPLE
        trunkline node status --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Only names, types and lag, and what wants attention.")
  var compact = false

  func run() async throws {
    var snapshot = try await cascade.withCascade(connection) { try await $0.look() }
    // connection strings may hold passwords
    snapshot.nodes = snapshot.nodes.mapValues { node in
      var node = node
      node.members = node.members.map(\.redacted)
      return node
    }
    try output.print(snapshot) { snapshot in
      let style = TextStyle.standardOutput
      return CascadeTree(snapshot, isCompact: compact).lines.map { line in
        let indent = line.depth == 0 ? "" : String(repeating: "   ", count: line.depth - 1) + "+- "
        let text = "\(indent)\(line.node): \(line.facts.joined(separator: ", "))"
        return line.isAlarming ? style.severity(text, .warning) : text
      }.joined(separator: "\n")
    }
  }
}

/// `trunkline node members`
struct NodeMembers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "members", abstract: "Show the member map of this node.",
    discussion: """
      EXAMPLE
        trunkline node members --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let members = try await cascade.withCascade(connection) { cascade in
      try await cascade.lookAtLocalNode().members.map(\.redacted)
    }
    try output.print(members) { members in
      var table = TextTable(["node", "dead", "location"])
      for member in members { table.add([member.name, member.isDead ? "yes" : "", member.connectionString]) }
      return table.text
    }
  }
}

extension NodeLocation {
  /// Fit to be shown: without passwords.
  var redacted: NodeLocation {
    var location = self
    location.connectionString = ConnectionText.redacted(connectionString)
    return location
  }
}
