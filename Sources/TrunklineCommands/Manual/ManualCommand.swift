import ArgumentParser
import DatabaseSchemas
import Foundation

/// `trunkline manual`
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Write the manual pages of all commands into a directory.",
    discussion: """
      EXAMPLE
        trunkline manual /usr/local/share/man/man1
      """,
    shouldDisplay: false)

  @Argument(help: "The directory; made when it is not there.", completion: .directory)
  var directory: String

  func run() throws {
    let directory = URL(filePath: directory)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    for (path, command) in try CommandTree.read().all() {
      let page = ManualPage(path: path, command: command, version: "trunkline \(DatabaseSchema.release)")
      try Data(page.text.utf8).write(to: directory.appending(path: page.name + ".1"))
    }
  }
}
