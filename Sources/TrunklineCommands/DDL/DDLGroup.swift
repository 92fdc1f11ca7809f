import ArgumentParser

/// `trunkline ddl`
struct DDLGroup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ddl", abstract: "Captured DDL: commands on tables of a set that go to all nodes by themselves.",
    discussion: """
      Event triggers on the root put commands such as ALTER TABLE into the queue, between the changes before and after them. What becomes of them is a matter of
      policy for each class of changes: apply, hold, ignore. Without event triggers everything else works: trunkline execute.
      """,
    subcommands: [DDLEnable.self, DDLDisable.self, DDLPolicy.self, DDLShow.self, DDLDecide.self])
}

/// Classes of changes.
enum DDLClass: String, CaseIterable, ExpressibleByArgument {
  case addColumn = "add-column", dropColumn = "drop-column", alterType = "alter-type", index, constraint, other

  /// As the database calls it.
  var name: String { rawValue.replacing("-", with: " ") }
}

/// What becomes of them; none: no policy of this node.
enum DDLPolicyChoice: String, CaseIterable, ExpressibleByArgument {
  case apply, hold, ignore, none
}
