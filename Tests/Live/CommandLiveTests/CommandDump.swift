import Foundation
import PostgresTesting

/// The commands and options as the program itself lists them.
struct CommandDump: Decodable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let shouldDisplay: Bool
  let subcommands: [CommandDump]?
  let arguments: [Argument]?

  struct Argument: Decodable {
    let valueName: String?
    let abstract: String?
    let names: [Name]?
    struct Name: Decodable {
      let kind: String
      let name: String
    }
  }

  private struct Dump: Decodable { let command: CommandDump }

  static func read() async throws -> CommandDump {
    let output = try await TrunklineProgram.command(["--experimental-dump-help"]).runChecked()
    return try JSONDecoder().decode(Dump.self, from: Data(output.standardOutput.utf8)).command
  }

  /// This command and all below it, each with its path.
  func all(below path: String = "") -> [(path: String, command: CommandDump)] {
    let own = path.isEmpty ? commandName : "\(path) \(commandName)"
    return [(own, self)] + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.all(below: own) }
  }

  /// Those that the help lists.
  func shown(below path: String = "") -> [(path: String, command: CommandDump)] {
    all(below: path).filter { $0.command.shouldDisplay }
  }
}
