import ArgumentParser

/// `trunkline dead ...`
struct DeadGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead",
    abstract: "Look at, replay and remove dead letters: events that a consumer gave up.",
    subcommands: [DeadList.self, DeadShow.self, DeadReplay.self, DeadPurge.self])
}

/// Which dead letters of a consumer.
struct DeadSelection: ParsableArguments {
  @OptionGroup var names: ConsumerArguments

  @Argument(help: "Numbers of dead letters, as 'dead list' shows them.")
  var letters: [Int64] = []

  @Flag(help: "All dead letters of the consumer.")
  var all = false
}
