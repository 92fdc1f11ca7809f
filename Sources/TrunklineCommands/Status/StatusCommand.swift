import ArgumentParser
import FoundationEssentials
import PostgresClient
import ServiceRuntime
import StatusModel

/// `trunkline status`
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the queues, consumers and replications of a database, and what is wrong with them.",
    discussion: """
      Reads only, and works with any role that may read pgq's tables; what the role may not see is said at the end.
      'trunkline doctor' explains causes and remedies of what is wrong.

      EXAMPLE
        trunkline status --db dbname=shop
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Go on showing it until interrupted; with --json one object a line.")
  var watch = false

  @Option(help: "Time between two looks with --watch.")
  var interval = "2s"

  func validate() throws {
    guard let period = Duration(parsing: interval), period >= .milliseconds(100) else {
      throw ValidationError("--interval must be a duration of at least 100ms, such as 2s")
    }
  }

  func run() async throws {
    let configuration = StatusReader.configuration(connection.configuration)
    guard watch else {
      return try show(try await StatusReader.read(configuration, logger: connection.noticeLogger), isWatching: false)
    }
    let period = Duration(parsing: interval) ?? .seconds(2)
    var hasShown = false
    while true {
      do {
        try await keepShowing(configuration, every: period) { hasShown = true }
      } catch let error as PostgresError where hasShown {
        // the server may be restarting: go on looking
        StandardStreams.writeError("error: \(error.message)\n")
        try await Task.sleep(for: max(period, .seconds(1)))
      }
    }
  }

  /// Shows it again and again until the connection is lost.
  private func keepShowing(
    _ configuration: PostgresConfiguration, every period: Duration, _ shown: () -> Void
  ) async throws {
    let session = try await PostgresConnection.connect(configuration, logger: connection.noticeLogger)
    do {
      while true {
        try show(try await StatusReader(session).read(), isWatching: true)
        shown()
        try await Task.sleep(for: period)
      }
    } catch {
      await session.close()
      throw error
    }
  }

  private func show(_ snapshot: StatusSnapshot, isWatching: Bool) throws {
    if output.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting =
        isWatching ? [.sortedKeys, .withoutEscapingSlashes] : [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let report = Report(snapshot: snapshot, findings: Diagnosis(snapshot).findings)
      StandardStreams.write(String(decoding: try encoder.encode(report), as: UTF8.self) + "\n")
      return
    }
    let style = TextStyle.standardOutput
    let text = StatusText(snapshot, style: style).text
    // one write, so that a screen does not flicker
    StandardStreams.write((isWatching && style.isColoured ? "\u{1B}[H\u{1B}[2J" : "") + text + (isWatching ? "\n" : ""))
  }

  /// What --json prints.
  struct Report: Encodable {
    var snapshot: StatusSnapshot
    var findings: [Finding]

    func encode(to encoder: any Encoder) throws {
      try snapshot.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(findings, forKey: .findings)
    }

    private enum Key: String, CodingKey { case findings }
  }
}
