import ArgumentParser

/// `trunkline queue pause`
struct QueuePause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Make no more ticks: consumers get nothing new, producers go on.",
    discussion: """
      Paused queues keep what producers send. To refuse producers: trunkline queue set NAME disable_insert=true

      EXAMPLE
        trunkline queue pause mails
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "Name of the queue; '*' for all.", completion: .queueNames)
  var queue: String

  func run() async throws {
    let queues = QueueSelection(queue: queue, connection: connection, dryRun: dryRun, output: output)
    try await queues.set([SettingAssignment(name: "paused", value: "true")], result: "paused")
  }
}
