import ArgumentParser
import PostgresClient

/// `trunkline ddl show`
struct DDLShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show policies, missing event triggers, and decisions of this node.",
    discussion: """
      EXAMPLE
        trunkline ddl show --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions

  private struct Result: Encodable {
    var queue: String
    var policies: [String: String]
    /// Statements that make the event triggers which are missing.
    var missingTriggers: [String]
    var decisions: [String: String]
  }

  func run() async throws {
    let queue = try await cascade.name(connection)
    let result = try await connection.withConnection { connection in
      Result(
        queue: queue,
        policies: try await connection.pairs(
          "select change_class, policy from trunkline.ddl_policy where queue_name = \(queue)"),
        missingTriggers: try await connection.query("select * from trunkline.ddl_plan()").map { try $0.decode(0) },
        decisions: try await connection.pairs(
          "select command_name, decision from trunkline.ddl_decision where queue_name = \(queue)"))
    }
    try output.print(result) { result in
      var table = TextTable(["class", "policy"])
      for (name, policy) in result.policies.sorted(by: { $0.key < $1.key }) { table.add([name, policy]) }
      var text = result.policies.isEmpty ? "This node has no policies for DDL.\n" : table.text
      if !result.policies.isEmpty, !result.missingTriggers.isEmpty {
        text += "On a root, nothing is captured before an administrator runs:\n"
        text += result.missingTriggers.map { "\($0);\n" }.joined()
      }
      for (name, decision) in result.decisions.sorted(by: { $0.key < $1.key }) { text += "\(name): \(decision)\n" }
      return text
    }
  }
}

extension PostgresConnection {
  /// Rows of two texts.
  fileprivate func pairs(_ query: PostgresQuery) async throws -> [String: String] {
    var pairs: [String: String] = [:]
    for row in try await self.query(query) { pairs[try row.decode(0)] = try row.decode(1, as: String.self) }
    return pairs
  }
}
