import ArgumentParser
import ServiceRuntime
import TableReplication

/// What happens when changes meet rows that their source does not expect.
struct ConflictOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      When a change meets a row that the source does not expect: error, warn (the row here stays), overwrite, \
      newest:COLUMN, or function:NAME; for one table with TABLE= before it. May be repeated. Without it nobody looks.
      """, valueName: "[table=]policy"))
  var conflict: [String] = []

  @Flag(help: "Keep the rows of conflicts in the target's trunkline.conflict_row.")
  var conflictRows = false

  func policies() throws -> ConflictPolicies {
    var policies = ConflictPolicies()
    policies.keepsRows = conflictRows
    do {
      for text in conflict { try policies.add(text) }
    } catch {
      throw CommandError(error.problem, hint: error.remedy, exitCode: .usage)
    }
    return policies
  }
}
