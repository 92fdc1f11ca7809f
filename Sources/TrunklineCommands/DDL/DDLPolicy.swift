import ArgumentParser
import PostgresClient

/// `trunkline ddl policy`
struct DDLPolicy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Set what becomes of captured commands of a class: apply, hold, ignore, none.",
    discussion: """
      On the root it holds for all nodes that have no policy of their own; "none" there means "ignore". On another node it holds for that node.

      EXAMPLE
        trunkline ddl policy --db dbname=shop add-column apply
        trunkline ddl policy --db dbname=report index ignore
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var plan: DryRunOptions

  @Argument(help: "Class of changes: add-column, drop-column, alter-type, index, constraint, other.")
  var kind: DDLClass

  @Argument(help: "apply, hold, ignore or none.")
  var policy: DDLPolicyChoice

  func run() async throws {
    let queue = try await cascade.name(connection)
    let value = policy == .none ? "null" : "'\(policy.rawValue)'"
    let statement = "select trunkline.set_ddl_policy(\(quotedLiteral(queue)), '\(kind.name)', \(value))"
    if plan.dryRun { return try output.print([statement]) { $0.map { "\($0);" }.joined() } }
    _ = try await connection.withConnection { try await $0.execute(statement) }
    try output.print(["queue": queue, "class": kind.name, "policy": policy.rawValue]) {
      "\($0["class"] ?? ""): \(policy.rawValue)"
    }
  }
}

/// `trunkline ddl decide`
struct DDLDecide: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide", abstract: "Decide about a captured command that is held on this node: apply or skip.",
    discussion: """
      The worker goes on by itself, with the command at its place among the changes. A command that was skipped is recorded as executed.

      EXAMPLE
        trunkline ddl decide --db dbname=report --queue shop ddl/main/4711/1795622400.5 apply
      """)

  /// What is decided.
  enum Decision: String, CaseIterable, ExpressibleByArgument { case apply, skip }

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var plan: DryRunOptions

  @Argument(help: "The command's name, as the error of the worker tells it.")
  var command: String

  @Argument(help: "apply or skip.")
  var decision: Decision

  func run() async throws {
    let queue = try await cascade.name(connection)
    let statement =
      "select trunkline.decide_ddl(\(quotedLiteral(queue)), \(quotedLiteral(command)), '\(decision.rawValue)')"
    if plan.dryRun { return try output.print([statement]) { $0.map { "\($0);" }.joined() } }
    _ = try await connection.withConnection { try await $0.execute(statement) }
    try output.print(["command": command, "decision": decision.rawValue]) { _ in "\(command): \(decision.rawValue)" }
  }
}
