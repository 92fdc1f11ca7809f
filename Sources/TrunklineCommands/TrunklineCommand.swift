public import ArgumentParser
import DatabaseSchemas
import ServiceRuntime

/// The root of the command line: `trunkline NOUN VERB`.
public struct TrunklineCommand: AsyncParsableCommand {
  /// Name, help text, and the groups of commands.
  public static let configuration = CommandConfiguration(
    commandName: "trunkline",
    abstract: "Moves data out of, into and between PostgreSQL databases without losing or doubling a row.",
    discussion: """
      Databases are named by --db (a libpq connection string or URI), by TRUNKLINE_DB, or by the PG* environment.

      Exit status: \(ServiceRuntime.ExitCode.table)
      """,
    version: "trunkline \(DatabaseSchema.release)",
    subcommands: [
      DemoCommand.self,
      SchemaGroup.self,
      QueueGroup.self,
      ConsumerGroup.self,
      ConsumeCommand.self,
      DeadGroup.self,
      NodeGroup.self,
      TableGroup.self,
      SequenceGroup.self,
      ExecuteCommand.self,
      DDLGroup.self,
      TickerCommand.self,
      ReplicateCommand.self,
      StatusCommand.self,
      DoctorCommand.self,
      ManualCommand.self,
    ])

  /// The command as the parser makes it.
  public init() {}

  /// Parses the command line, runs the command, reports its error, and ends the process.
  public static func runAndExit() async -> Never {
    let status = await run(Array(CommandLine.arguments.dropFirst()))
    exitProcess(status)
  }

  /// Runs one command line and returns the exit status; errors are reported on standard error.
  public static func run(_ arguments: [String]) async -> Int32 {
    do {
      var command = try await asyncParseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return ServiceRuntime.ExitCode.success.rawValue
    } catch {
      let report = ErrorReport(error, isVerbose: arguments.contains("--verbose"))
      report.write()
      return report.status
    }
  }
}

extension ServiceRuntime.ExitCode {
  fileprivate static var table: String {
    allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: "; ") + "."
  }
}
