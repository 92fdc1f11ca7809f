import ArgumentParser

/// `trunkline consumer ...`
struct ConsumerGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consumer",
    abstract: "Register, move and look at the consumers of queues.",
    subcommands: [ConsumerRegister.self, ConsumerUnregister.self, ConsumerList.self, ConsumerSeek.self])
}

/// Which consumer of which queue.
struct ConsumerArguments: ParsableArguments {
  @Argument(help: "Name of the queue.")
  var queue: String

  @Argument(help: "Name of the consumer.")
  var consumer: String
}
