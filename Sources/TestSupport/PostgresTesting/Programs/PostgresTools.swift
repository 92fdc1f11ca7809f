import Foundation

/// PostgreSQL's own programs, and those of others, run against one database of a private cluster.
public struct PostgresTools: Sendable {
  /// The server's installation.
  public let binaries: PostgresBinaries
  /// The `PG*` variables that every program gets.
  public let environment: [String: String]

  /// Programs that connect to `database` as `user`.
  public init(cluster: PrivateCluster, database: String = "postgres", user: String = "postgres") {
    binaries = cluster.binaries
    environment = cluster.environment(database: database, user: user)
  }

  /// Runs SQL text with psql; stops at the first error.
  /// - Returns: rows as unaligned text with `|` between columns.
  /// - Throws: `ProgramError` with the server's message.
  @discardableResult
  public func psql(_ sql: String, arguments: [String] = []) async throws -> String {
    var program = psqlProgram(arguments)
    program.input = sql
    return try await program.runChecked().trimmed
  }

  /// Runs SQL text with psql and returns status and output, whatever they are.
  public func tryPsql(_ sql: String, arguments: [String] = []) async throws -> Program.Output {
    var program = psqlProgram(arguments)
    program.input = sql
    return try await program.run()
  }

  /// pgbench with these arguments, not started.
  public func pgbench(_ arguments: [String]) -> Program {
    Program([binaries.path("pgbench")] + arguments, environment: environment)
  }

  /// Any program with the `PG*` variables set, for example `pgqd` or a Python script, not started.
  public func program(_ arguments: [String], input: String? = nil) -> Program {
    Program(arguments, environment: environment, input: input)
  }

  private func psqlProgram(_ arguments: [String]) -> Program {
    Program(
      [binaries.path("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"] + arguments,
      environment: environment)
  }
}
