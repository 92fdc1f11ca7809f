import ArgumentParser
import PostgresClient
import ServiceRuntime
import StatusModel

/// `trunkline doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look for everything that is or will soon be wrong, and say what to do about it.",
    discussion: """
      Reads only. Exit status 0 when nothing is wrong (notices do not count), 2 with warnings, 3 with errors: events are not
      delivered or not accepted, or may be lost.

      EXAMPLE
        trunkline doctor --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Flag(name: [.customShort("v"), .customLong("all-checks")], help: "List the checks that found nothing, too.")
  var listsPassed = false

  @Option(help: "A consumer that is further behind is stalled.")
  var maxLag = "10min"

  @Option(help: "A transaction that is open for longer is a warning.")
  var maxTransaction = "10min"

  func validate() throws {
    for text in [maxLag, maxTransaction] where Duration(parsing: text) == nil {
      throw ValidationError("'\(text)' is not a duration (examples: 30s, 10min, 2h)")
    }
  }

  func run() async throws {
    var limits = DiagnosisLimits()
    limits.consumerLag = Duration(parsing: maxLag)?.inSeconds ?? limits.consumerLag
    limits.transactionAge = Duration(parsing: maxTransaction)?.inSeconds ?? limits.transactionAge
    let configuration = StatusReader.configuration(connection.configuration, applicationName: "trunkline doctor")
    let snapshot = try await StatusReader.read(configuration, depth: .thorough, logger: connection.noticeLogger)
    let diagnosis = Diagnosis(snapshot, limits: limits)
    let report = Report(
      database: snapshot.server.database, findings: diagnosis.findings, passed: diagnosis.passed.map(\.passed),
      notChecked: diagnosis.impossible.map(\.passed), unseen: snapshot.unseen)
    try output.print(report) { report in
      DoctorText(report, database: connection.db, style: .standardOutput, listsPassed: listsPassed).text
    }
    switch diagnosis.worst {
    case .error: throw ArgumentParser.ExitCode(ServiceRuntime.ExitCode.problems.rawValue)
    case .warning: throw ArgumentParser.ExitCode(ServiceRuntime.ExitCode.differences.rawValue)
    case .notice, nil: return
    }
  }

  /// What --json prints.
  struct Report: Encodable {
    var database: String
    var findings: [Finding]
    var passed: [String]
    /// What could not be looked at as it should be, for want of rights.
    var notChecked: [String]
    var unseen: [String]
  }
}
