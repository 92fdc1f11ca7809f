import Foundation
import PostgresTesting
import Testing

/// What `--help` tells, for every command there is.
@Suite struct HelpTests {
  @Test func everyCommandAndOptionIsExplained() async throws {
    let commands = try await CommandDump.read().all()
    #expect(commands.count > 5)
    for (path, command) in commands {
      #expect(command.abstract?.isEmpty == false, "\(path) has no abstract")
      if (command.subcommands ?? []).isEmpty, path != "trunkline help" {
        let example = (command.discussion ?? "").components(separatedBy: "EXAMPLE").dropFirst().joined()
        #expect(example.contains(path), "\(path) has no example")
      }
      for argument in command.arguments ?? [] {
        let name = argument.names?.first?.name ?? argument.valueName ?? "?"
        #expect(argument.abstract?.isEmpty == false, "\(path): \(name) is not explained")
      }
    }
  }

  @Test func everyCommandAnswersHelp() async throws {
    for (path, _) in try await CommandDump.read().all() {
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
