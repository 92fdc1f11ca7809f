import ArgumentParser
import PostgresClient
import ServiceRuntime

/// `trunkline ddl enable`
struct DDLEnable: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Capture DDL on the tables of this root from now on.",
    discussion: """
      Making event triggers takes a superuser, or the right that managed servers give to their administrators. If the role may not, the command prints
      the statements for somebody who may; the rest is done. Classes without a policy are held.

      EXAMPLE
        trunkline ddl enable --db dbname=shop --policy apply
        trunkline ddl enable --db dbname=shop --dry-run
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var plan: DryRunOptions

  @Option(help: "What becomes of commands of all classes.")
  var policy = DDLPolicyChoice.hold

  func validate() throws {
    if policy == .none { throw ValidationError("capturing needs a policy; to end it: trunkline ddl disable") }
  }

  private struct Result: Encodable {
    var queue: String
    /// Statements that were run, or would be.
    var statements: [String]
    /// Whether the event triggers are there.
    var isComplete: Bool
  }

  func run() async throws {
    let queue = try await cascade.name(connection)
    let result = try await connection.withConnection { connection -> Result in
      var statements: [String] = try await connection.query("select * from trunkline.ddl_plan()").map {
        try $0.decode(0)
      }
      let setting = "select trunkline.set_ddl_policy(\(quotedLiteral(queue)), null, '\(policy.rawValue)')"
      guard !plan.dryRun else { return Result(queue: queue, statements: [setting] + statements, isComplete: false) }
      try await connection.execute(setting)
      do {
        if !statements.isEmpty { try await connection.execute(statements.joined(separator: ";\n")) }
      } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
        return Result(queue: queue, statements: statements, isComplete: false)
      }
      statements.insert(setting, at: 0)
      return Result(queue: queue, statements: statements, isComplete: true)
    }
    try output.print(result) { result in
      if result.isComplete { return "DDL on tables of \(queue) is captured: \(policy.rawValue)." }
      return result.statements.map { "\($0);" }.joined(separator: "\n")
    }
    if !result.isComplete, !plan.dryRun {
      throw CommandError(
        "this role may not make event triggers", hint: "have an administrator of the server run these statements",
        exitCode: .noPermission)
    }
  }
}

/// `trunkline ddl disable`
struct DDLDisable: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Capture no DDL of the set any more; on other nodes: forget their own policies.",
    discussion: """
      The event triggers stay, as they serve all sets of the database, and do nothing without a set that captures.

      EXAMPLE
        trunkline ddl disable --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var cascade: CascadeOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var plan: DryRunOptions

  func run() async throws {
    let queue = try await cascade.name(connection)
    let statement = "select trunkline.set_ddl_policy(\(quotedLiteral(queue)), null, null)"
    if plan.dryRun { return try output.print([statement]) { $0.map { "\($0);" }.joined() } }
    _ = try await connection.withConnection { try await $0.execute(statement) }
    try output.print(["queue": queue, "result": "disabled"]) { _ in
      "DDL on tables of \(queue) is not captured any more."
    }
  }
}
