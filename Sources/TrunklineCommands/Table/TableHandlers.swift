import ArgumentParser
import ServiceRuntime
import TableReplication

/// `trunkline table handlers`
struct TableHandlers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handlers",
    abstract: "Show the handlers of tables, or the arguments of some.",
    discussion: """
      A handler says what a node does with the events of a table of its set.

      EXAMPLE
        trunkline table handlers dispatch
      """)

  @OptionGroup var output: OutputOptions

  @Argument(help: "Handlers to explain; without any, all are listed.")
  var names: [String] = []

  func run() async throws {
    let registry = HandlerRegistry.standard
    var descriptions = registry.entries.map(\.description)
    if !names.isEmpty {
      do {
        descriptions = try names.map { try registry.entry($0).description }
      } catch let error as HandlerError {
        throw CommandError(error.problem, hint: error.remedy, exitCode: .usage)
      }
    }
    try output.print(descriptions.map(Row.init), text: names.isEmpty ? Self.list : Self.details)
  }

  static func list(_ rows: [Row]) -> String {
    var table = TextTable(["handler", "what it does"])
    for row in rows { table.add([row.names.joined(separator: ", "), row.summary]) }
    return table.text
  }

  static func details(_ rows: [Row]) -> String {
    rows.map { row in
      var text = "\(row.names.joined(separator: ", "))\n  \(row.summary)\n"
      if row.arguments.isEmpty { text += "  It takes no arguments.\n" }
      for argument in row.arguments {
        text += "\n  \(argument.names.joined(separator: ", "))=\(argument.isRequired ? " (required)" : "")\n"
        text += "    \(argument.text)\n"
      }
      return text
    }.joined(separator: "\n")
  }

  /// One handler, for printing.
  struct Row: Encodable {
    struct Argument: Encodable {
      var names: [String]
      var text: String
      var isRequired: Bool
    }

    var names: [String]
    var summary: String
    var arguments: [Argument]

    init(_ description: HandlerDescription) {
      names = description.names
      summary = description.summary
      arguments = description.arguments.map {
        Argument(names: $0.names, text: $0.text, isRequired: $0.isRequired)
      }
    }
  }
}
