import Foundation
import PostgresTesting
import Testing

/// A page of the documentation whose commands are run as they stand there, section by section.
final class Walkthrough {
  /// Commands of one section, by its title.
  private let sections: [(title: String, commands: [String])]
  private let environment: [String: String]
  private let directory: URL
  private var services: [RunningProgram] = []

  /// Reads a page.
  ///
  /// - Parameter variables: values for exactly those that the page's first block assigns.
  init(_ page: String, variables: [String: String]) throws {
    var root = URL(filePath: #filePath)
    for _ in 0..<5 { root.deleteLastPathComponent() }
    let text = try String(contentsOf: root.appending(path: "docs/operators/\(page)"), encoding: .utf8)
    sections = Self.sections(of: text)
    let assigned = sections.first?.commands.compactMap { $0.split(separator: "=").first.map(String.init) } ?? []
    #expect(Set(assigned) == Set(variables.keys), "the first block of \(page) assigns the variables")
    directory = FileManager.default.temporaryDirectory.appending(path: "trunkline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: directory.appending(path: "trunkline").path, withDestinationPath: TrunklineProgram.path)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    environment = variables.merging(["PATH": "\(directory.path):\(path)"]) { $1 }
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// Runs the commands of a section; those that end with & go on until ``end()``.
  ///
  /// - Returns: what they wrote.
  @discardableResult
  func run(_ title: String) async throws -> String {
    let section = try #require(sections.first { $0.title == title }, "there is no section \(title)")
    try #require(!section.commands.isEmpty, "section \(title) has no commands")
    var output = ""
    for command in section.commands {
      if command.hasSuffix("&") {
        services.append(try program("exec " + command.dropLast()).start())
      } else {
        output += try await program(command).runChecked().standardOutput
      }
    }
    return output
  }

  /// A file that commands have written.
  func file(_ name: String) throws -> String {
    try String(contentsOf: directory.appending(path: name), encoding: .utf8)
  }

  /// Ends the services; what they complained of is told.
  func end() async throws {
    for service in services {
      let status = try await service.terminate()
      #expect(status == 0, "\(service.standardError.suffix(1000))")
    }
    services = []
  }

  private func program(_ command: String) -> Program {
    Program(["bash", "-euo", "pipefail", "-c", command], environment: environment, directory: directory.path)
  }

  private static func sections(of text: String) -> [(title: String, commands: [String])] {
    var sections: [(title: String, commands: [String])] = [("", [])]
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside = line == "```sh"
      } else if isInside, !line.isEmpty {
        sections[sections.count - 1].commands.append(String(line))
      } else if !isInside, line.hasPrefix("## ") {
        sections.append((String(line.dropFirst(3)), []))
      }
    }
    return sections
  }
}
