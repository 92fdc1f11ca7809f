import ArgumentParser

/// `trunkline consumer ...`
struct ConsumerGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consumer",
    abstract: "Register, configure, move, evict and look at the consumers of queues.",
    subcommands: [
      ConsumerRegister.self, ConsumerUnregister.self, ConsumerList.self, ConsumerShow.self, ConsumerMembers.self,
      ConsumerSet.self, ConsumerPause.self, ConsumerResume.self, ConsumerSeek.self, ConsumerEvict.self,
    ])
}

/// Which consumer of which queue.
struct ConsumerArguments: ParsableArguments {
  @Argument(help: "Name of the queue.", completion: .queueNames)
  var queue: String

  @Argument(help: "Name of the consumer.", completion: .consumerNames)
  var consumer: String
}
