import ArgumentParser
import Foundation
import Logging
import ServiceRuntime
import TableComparison
import Telemetry

/// `trunkline table verify`
struct TableVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare tables again and again at a low rate, and tell when rows drift apart.",
    discussion: """
      Goes through the tables chunk by chunk, without end. What differs only because it is on its way raises no alarm: a chunk \
      that differs is compared again at a common position. Where it is, is kept in the target (trunkline.verification), so a \
      restart goes on there. Drift is logged, counted for --metrics-listen, and printed: one line a row, or one JSON object.

      EXAMPLES
        trunkline table verify --db dbname=shop --target dbname=warehouse --rate 2000 --metrics-listen 9187
        trunkline table verify --db dbname=leaf --once
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var comparison: ComparisonOptions
  @OptionGroup var log: LogOptions
  @OptionGroup var metrics: MetricsOptions

  @Option(help: "Rows to compare in a second; 0: as many as possible.")
  var rate = 5000

  @Option(help: "Pause between two rounds over all tables.")
  var interval = DurationArgument(.seconds(3600))

  @Option(help: "Rows of one chunk.")
  var chunk = 2000

  @Flag(help: "End after one round; exit status 2 when something differed.")
  var once = false

  @Option(help: "Name under which the target remembers how far this is.")
  var name = "verify"

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func validate() throws {
    guard rate >= 0 else { throw ValidationError("--rate must not be negative") }
    guard chunk > 0 else { throw ValidationError("--chunk must be at least 1") }
  }

  func run() async throws {
    let settings = try await Settings(
      flags: log.flags.merging(metrics.flags) { $1 }, environment: ProcessInfo.processInfo.environment)
    let destination = try LogOptions.setup(from: settings).open()
    let jobs = try await comparison.resolve(connection).map {
      TableVerification.Job(databases: $0.databases, table: $0.table)
    }
    var verification = TableVerification(jobs: jobs, name: name, logger: destination.logger("verify"))
    verification.rowsPerSecond = rate
    verification.interval = interval.duration
    verification.chunkRows = chunk
    verification.patience = comparison.timeout.duration
    verification.onReport = { [json] report in StandardStreams.write(json ? Self.line(report) : Self.text(report)) }
    if once {
      verification.rounds = 1
      let drifted = try await verification.run()
      if drifted > 0 {
        throw CommandError(
          "\(drifted) rows differ", hint: "see the statements that would mend it: trunkline table repair",
          exitCode: .differences)
      }
      return
    }
    let logger = destination.logger("trunkline")
    let health = DaemonHealth()
    let telemetry = try MetricsOptions.services(from: settings, daemon: "verify", health: health, logger: logger)
    verification.onRound = { health.cameRound($0) }
    try await ServiceRunner(logger: logger, reload: { try? destination.reopen() })
      .run([VerificationService(verification)] + telemetry)
  }

  private static func text(_ report: TableVerification.Report) -> String {
    switch report {
    case .drift(let difference):
      difference.rows.map { row in
        "drift: \(difference.table): \(row.difference.rawValue): \(row.key.map { $0 ?? "NULL" }.joined(separator: ", "))\n"
      }.joined()
    case .finished(let table, let round, let rows, let drifted):
      "\(table): round \(round): \(rows) rows compared, \(drifted) differ\n"
    }
  }

  /// A report as a line of JSON.
  private struct Line: Encodable {
    var event: String
    var table: String
    var drift: TableDifference?
    var round: Int64?
    var rows: Int?, drifted: Int?
  }

  private static func line(_ report: TableVerification.Report) -> String {
    let line =
      switch report {
      case .drift(let difference): Line(event: "drift", table: difference.table, drift: difference)
      case .finished(let table, let round, let rows, let drifted):
        Line(event: "finished", table: table, round: round, rows: rows, drifted: drifted)
      }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(line) else { return "" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
