import ArgumentParser

/// `trunkline queue resume`
struct QueueResume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Make ticks again after 'queue pause'.",
    discussion: """
      EXAMPLE
        trunkline queue resume '*'
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "Name of the queue; '*' for all.", completion: .queueNames)
  var queue: String

  func run() async throws {
    let queues = QueueSelection(queue: queue, connection: connection, dryRun: dryRun, output: output)
    try await queues.set([SettingAssignment(name: "paused", value: "false")], result: "resumed")
  }
}
