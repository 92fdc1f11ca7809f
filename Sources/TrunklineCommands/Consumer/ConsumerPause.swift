import ArgumentParser

/// `trunkline consumer pause`
struct ConsumerPause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Give consumers nothing new; what they have received they may finish.",
    discussion: """
      EXAMPLE
        trunkline consumer pause mails mailer
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var names: ConsumersArguments

  func run() async throws {
    try await names.set(
      [SettingAssignment(name: "paused", value: "true")], result: "paused", connection, dryRun, output)
  }
}
