import TrunklineCommands

@main enum Trunkline {
  static func main() async { await TrunklineCommand.runAndExit() }
}
