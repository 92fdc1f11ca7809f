import Foundation
import PostgresTesting
import Testing

/// What `--help` tells, for every command there is.
@Suite struct HelpTests {
  private struct Dump: Decodable { let command: Command }

  private struct Command: Decodable {
    let commandName: String
    let abstract: String?
    let subcommands: [Command]?
    let arguments: [Argument]?

    /// This command and all below it, each with its path.
    func all(below path: String = "") -> [(path: String, command: Command)] {
      let own = path.isEmpty ? commandName : "\(path) \(commandName)"
      return [(own, self)] + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.all(below: own) }
    }
  }

  private struct Argument: Decodable {
    let valueName: String?
    let abstract: String?
    let names: [Name]?
    struct Name: Decodable { let name: String }
  }

  private func commands() async throws -> [(path: String, command: Command)] {
    let output = try await TrunklineProgram.command(["--experimental-dump-help"]).runChecked()
    return try JSONDecoder().decode(Dump.self, from: Data(output.standardOutput.utf8)).command.all()
  }

  @Test func everyCommandAndOptionIsExplained() async throws {
    let commands = try await commands()
    #expect(commands.count > 5)
    for (path, command) in commands {
      #expect(command.abstract?.isEmpty == false, "\(path) has no abstract")
      for argument in command.arguments ?? [] {
        let name = argument.names?.first?.name ?? argument.valueName ?? "?"
        #expect(argument.abstract?.isEmpty == false, "\(path): \(name) is not explained")
      }
    }
  }

  @Test func everyCommandAnswersHelp() async throws {
    for (path, _) in try await commands() {
      let words = path.split(separator: " ").dropFirst().map(String.init)
      let output = try await TrunklineProgram.command(words + ["--help"]).run()
      #expect(output.status == 0 && output.standardOutput.contains("USAGE: \(path)"), "\(path): \(output)")
    }
  }

  @Test func exitCodesAreDocumentedInHelp() async throws {
    let help = try await TrunklineProgram.command(["--help"]).runChecked().standardOutput
    for number in [0, 1, 2, 64, 65, 69, 75, 77, 78] {
      #expect(try help.contains(Regex("[^0-9]\(number)[ \n]")), "\(number)")
    }
  }
}
