import ArgumentParser

/// `trunkline queue ...`
struct QueueGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "Make, remove and look at queues.",
    subcommands: [QueueCreate.self, QueueDrop.self, QueueList.self])
}
