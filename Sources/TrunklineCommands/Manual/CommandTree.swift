import ArgumentParser
import FoundationEssentials

/// The commands as the argument parser describes them.
struct CommandTree: Decodable {
  var commandName: String
  var abstract: String?
  var discussion: String?
  var shouldDisplay: Bool
  var subcommands: [CommandTree]?
  var arguments: [Argument]?

  struct Argument: Decodable {
    /// `positional`, `option` or `flag`.
    var kind: String
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var abstract: String?
  }

  struct Name: Decodable {
    /// `long`, `short` or `longWithSingleDash`.
    var kind: String
    var name: String

    /// As it is typed.
    var text: String { (kind == "long" ? "--" : "-") + name }
  }

  private struct Dump: Decodable { var command: CommandTree }

  /// The tree of this program.
  static func read() throws -> CommandTree {
    try JSONDecoder().decode(Dump.self, from: Data(TrunklineCommand._dumpHelp().utf8)).command
  }

  /// This command and all below it, each with the words before its name.
  func all(below path: [String] = []) -> [(path: [String], command: CommandTree)] {
    let own = path + [commandName]
    return [(own, self)] + shown.flatMap { $0.all(below: own) }
  }

  /// The commands directly below that are not hidden.
  var shown: [CommandTree] { (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" } }
}
