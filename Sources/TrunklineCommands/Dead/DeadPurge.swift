import ArgumentParser
import ServiceRuntime

/// `trunkline dead purge`
struct DeadPurge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge", abstract: "Remove dead letters for good.",
    discussion: """
      EXAMPLES
        trunkline dead purge mails mailer 17
        trunkline dead purge mails mailer --older-than 30d
        trunkline dead purge mails mailer --all
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var selection: DeadSelection

  @Option(help: "All that were given up longer ago than this.")
  var olderThan: DurationArgument?

  func validate() throws {
    let choices = [selection.all, !selection.letters.isEmpty, olderThan != nil].filter { $0 }
    guard choices.count == 1 else {
      throw ValidationError("Give either numbers of dead letters, --older-than or --all.")
    }
  }

  func run() async throws {
    let names = selection.names
    let age = olderThan.map { "\($0.duration.inSeconds) s" }
    let calls =
      selection.letters.isEmpty
      ? [SQLCall("trunkline.purge_dead", names.queue, names.consumer, nil, age)]
      : selection.letters.map { SQLCall("trunkline.purge_dead", names.queue, names.consumer, "\($0)") }
    try await calls.runCounting("removed", names, selection.letters.count, connection, dryRun, output)
  }
}
