import ArgumentParser

/// `trunkline dead replay`
struct DeadReplay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Give dead letters back to their consumer, and to no other.",
    discussion: """
      They come with one of the next ticks, as if they had never failed.

      EXAMPLES
        trunkline dead replay mails mailer 17 18
        trunkline dead replay mails mailer --all
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var selection: DeadSelection

  func validate() throws {
    guard selection.all == selection.letters.isEmpty else {
      throw ValidationError("Give either numbers of dead letters or --all.")
    }
  }

  func run() async throws {
    let names = selection.names
    let calls =
      selection.all
      ? [SQLCall("trunkline.replay_dead", names.queue, names.consumer)]
      : selection.letters.map { SQLCall("trunkline.replay_dead", names.queue, names.consumer, "\($0)") }
    try await calls.runCounting("given back", names, selection.letters.count, connection, dryRun, output)
  }
}
