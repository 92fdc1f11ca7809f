import ArgumentParser

/// `trunkline sequence`
struct SequenceGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sequence",
    abstract: "Sequences of sets: kept ahead on every node, so that no number is given out twice after a switchover.",
    subcommands: [SequenceAdd.self, SequenceRemove.self, SequenceList.self, SequenceMissing.self])
}
