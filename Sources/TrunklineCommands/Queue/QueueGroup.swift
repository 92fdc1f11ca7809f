import ArgumentParser

/// `trunkline queue ...`
struct QueueGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "Make, configure, grant, remove and look at queues; send events.",
    subcommands: [
      QueueCreate.self, QueueDrop.self, QueueList.self, QueueShow.self, QueueSet.self, QueuePause.self,
      QueueResume.self, QueueTick.self, QueueSend.self, QueueGrant.self, QueueRevoke.self, QueueMove.self,
      QueueSplit.self, QueueLoad.self,
    ])
}

/// Which queue.
struct QueueArgument: ParsableArguments {
  @Argument(help: "Name of the queue.", completion: .queueNames)
  var queue: String
}
