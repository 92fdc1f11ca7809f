import ServiceRuntime

/// The manual page of one command.
struct ManualPage {
  let path: [String]
  let command: CommandTree
  /// Name and version of the program.
  let version: String

  /// `trunkline-queue-show`
  var name: String { path.joined(separator: "-") }

  /// The page in the man(7) language.
  var text: String {
    var page = RoffText()
    page.request("TH", name.uppercased(), "1", "", version, "Trunkline")
    page.request("SH", "NAME")
    page.line("\(RoffText.escaped(name)) \\- \(RoffText.escaped(command.abstract ?? ""))")
    page.request("SH", "SYNOPSIS")
    page.line(synopsis)
    if var discussion = command.discussion, !discussion.isEmpty {
      // The page of the program has a section of its own for it.
      discussion = discussion.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("Exit status: 0") }.joined(separator: "\n")
      if !discussion.hasPrefix("EXAMPLE") { page.request("SH", "DESCRIPTION") }
      page.paragraphs(discussion)
    }
    addArguments(to: &page)
    addCommands(to: &page)
    if path.count == 1 {
      addEnvironment(to: &page)
      addExitStatus(to: &page)
    }
    addReferences(to: &page)
    return page.text
  }

  private var visible: [CommandTree.Argument] {
    (command.arguments ?? []).filter { $0.shouldDisplay && !["help", "version"].contains($0.valueName ?? "") }
  }

  private var synopsis: String {
    var words = [RoffText.bold(path.joined(separator: " "))]
    for argument in visible {
      let word = Self.usage(argument) + (argument.isRepeating ? " ..." : "")
      words.append(argument.isOptional ? "[\(word)]" : word)
    }
    if !command.shown.isEmpty { words.append(RoffText.italic("command")) }
    return words.joined(separator: " ")
  }

  private static func usage(_ argument: CommandTree.Argument) -> String {
    let value = RoffText.italic(argument.valueName ?? "value")
    switch argument.kind {
    case "positional": return value
    case "flag": return argument.names?.last.map { RoffText.bold($0.text) } ?? value
    default: return (argument.names?.last.map { RoffText.bold($0.text) + " " } ?? "") + value
    }
  }

  /// All names of an argument, with its value.
  private static func term(_ argument: CommandTree.Argument) -> String {
    guard argument.kind != "positional", let names = argument.names else { return usage(argument) }
    let words = names.map { RoffText.bold($0.text) }.joined(separator: ", ")
    return argument.kind == "flag" ? words : words + " " + RoffText.italic(argument.valueName ?? "value")
  }

  private func addArguments(to page: inout RoffText) {
    for (heading, isPositional) in [("ARGUMENTS", true), ("OPTIONS", false)] {
      let arguments = visible.filter { ($0.kind == "positional") == isPositional }
      if !arguments.isEmpty { page.request("SH", heading) }
      for argument in arguments {
        page.request("TP")
        page.line(Self.term(argument))
        let standard = argument.defaultValue.map { " Default: \($0)." } ?? ""
        page.line(RoffText.escaped((argument.abstract ?? "") + standard))
      }
    }
  }

  /// The page of the program lists all commands, the page of a group those of the group.
  private func addCommands(to page: inout RoffText) {
    guard !command.shown.isEmpty else { return }
    page.request("SH", "COMMANDS")
    for (path, command) in command.all(below: Array(path.dropLast())).dropFirst() where command.shown.isEmpty {
      page.request("TP")
      page.line(RoffText.bold(path.joined(separator: " ")))
      page.line(RoffText.escaped(command.abstract ?? ""))
    }
  }

  private func addEnvironment(to page: inout RoffText) {
    page.request("SH", "ENVIRONMENT")
    let variables = [
      ("TRUNKLINE_DB", "libpq connection string or URI of the database, where --db is not given."),
      ("PGHOST, PGDATABASE, PGUSER, ...", "The variables of libpq, for what the connection string leaves out."),
      ("TRUNKLINE_CONFIG", "Settings file of the daemons, where --config is not given."),
    ]
    for (name, meaning) in variables {
      page.request("TP")
      page.line(RoffText.bold(name))
      page.line(RoffText.escaped(meaning))
    }
  }

  private func addExitStatus(to page: inout RoffText) {
    page.request("SH", "EXIT STATUS")
    for code in ExitCode.allCases {
      page.request("TP")
      page.line(RoffText.bold("\(code.rawValue)"))
      page.line(RoffText.escaped(code.meaning))
    }
  }

  private func addReferences(to page: inout RoffText) {
    let above = path.count > 1 ? [path.dropLast().joined(separator: "-")] : []
    let names = above + command.shown.map { "\(name)-\($0.commandName)" }
    guard !names.isEmpty else { return }
    page.request("SH", "SEE ALSO")
    page.line(names.map { RoffText.bold($0) + "(1)" }.joined(separator: ", "))
  }
}
