import ArgumentParser

/// `trunkline consumer resume`
struct ConsumerResume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let consumers receive again after 'consumer pause'.",
    discussion: """
      EXAMPLE
        trunkline consumer resume mails mailer
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var names: ConsumersArguments

  func run() async throws {
    try await names.set(
      [SettingAssignment(name: "paused", value: "false")], result: "resumed", connection, dryRun, output)
  }
}
