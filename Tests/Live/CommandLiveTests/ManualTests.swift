import Foundation
import PostgresTesting
import Testing

/// What `make man` and `make completions` install.
@Suite struct ManualTests {
  private func withPages<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory.appending(path: "trunkline-man-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    try await TrunklineProgram.command(["manual", directory.path]).runChecked()
    return try await body(directory)
  }

  @Test func everyCommandAndOptionIsInTheManual() async throws {
    let commands = try await CommandDump.read().shown()
    #expect(commands.count > 20)
    try await withPages { directory in
      let main = try String(contentsOf: directory.appending(path: "trunkline.1"), encoding: .utf8)
      for (path, command) in commands {
        let file = path.replacing(" ", with: "-") + ".1"
        let page = (try? String(contentsOf: directory.appending(path: file), encoding: .utf8)) ?? ""
        #expect(page.hasPrefix(".TH "), "\(file) is missing")
        if (command.subcommands ?? []).isEmpty {
          let name = path.replacing("-", with: "\\-")
          #expect(main.contains("\\fB\(name)\\fR"), "\(path) is not in trunkline(1)")
        }
        for argument in command.arguments ?? [] {
          for name in argument.names ?? [] where name.kind == "long" && !["help", "version"].contains(name.name) {
            let option = "\\-\\-" + name.name.replacing("-", with: "\\-")
            let isThere = page.contains("\\fB\(option)\\fR")
            #expect(isThere, "\(option) is not in \(file)")
          }
        }
      }
    }
  }

  @Test func manReadsThePages() async throws {
    try await withPages { directory in
      for page in try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) {
        let program = Program(
          ["man", "--warnings", "-l", page.path],
          environment: ["MANPAGER": "cat", "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "MANROFFOPT": "-ww"])
        let output = try await program.run()
        if output.status == 127 { return }  // a machine without man
        #expect(output.status == 0 && output.standardError == "", "\(page.lastPathComponent): \(output.standardError)")
        #expect(output.standardOutput.contains("SYNOPSIS"))
      }
    }
  }

  @Test func completionScriptsAreWrittenAndBashReadsItsOwn() async throws {
    for shell in ["bash", "zsh", "fish"] {
      let script = try await TrunklineProgram.command(["--generate-completion-script", shell]).runChecked()
      #expect(script.standardOutput.contains("consumer"), "\(shell)")
      #expect(script.standardOutput.contains("---completion"), "\(shell) does not ask for names")
      if shell == "bash" { try await Program(["bash", "-n"], input: script.standardOutput).runChecked() }
    }
  }

  @Test func namesAreCompletedFromTheDatabase() async throws {
    try await withDatabase { database in
      let shell = Shell(database: database)
      try await shell.checked("queue", "create", "mails")
      try await shell.checked("queue", "create", "orders")
      try await shell.checked("consumer", "register", "mails", "mailer")
      try await shell.checked("consumer", "register", "orders", "billing")
      let words = ["--", "positional@0", "3", "0", "trunkline", "queue", "show", ""]
      #expect(
        try await shell.program(["---completion", "queue", "show"] + words).runChecked().trimmed == "mails\norders")

      let consumer = ["--", "positional@1", "4", "0", "trunkline", "consumer", "show", "orders", ""]
      let program = shell.program(["---completion", "consumer", "show"] + consumer)
      #expect(try await program.runChecked().trimmed == "billing")

      let elsewhere = ["--", "positional@0", "5", "0", "trunkline", "queue", "show", "--db", "host=/nowhere", ""]
      let silent = try await shell.program(["---completion", "queue", "show"] + elsewhere).run()
      #expect(silent.status == 0 && silent.trimmed == "" && silent.standardError == "", "\(silent)")
    }
  }
}
