import ArgumentParser

/// `trunkline-torture`: a queue under load and faults, and a check of everything that happened to every event.
@main struct TortureTool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trunkline-torture",
    abstract: "Torture a queue and check that nothing is lost, doubled or out of order.",
    subcommands: [
      TortureRun.self, CascadeRun.self, ProducerRole.self, ConsumerRole.self, EffectRole.self, ReceiverRole.self,
    ],
    defaultSubcommand: TortureRun.self)
}
