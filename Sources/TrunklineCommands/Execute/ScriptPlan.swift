import PostgresClient
import TableReplication

/// What `trunkline execute --dry-run` says of a script.
struct ScriptPlan: Encodable {
  var script: String
  /// Whether the root has recorded a script of this name.
  var isApplied: Bool
  /// Conditions, and whether they hold on the root.
  var conditions: [String: Bool]
  /// What would run on the root, with its names of tables; nothing if the conditions do not hold.
  var statements: [String]

  static func read(_ script: ScriptExecution, _ connection: PostgresConnection) async throws -> ScriptPlan {
    let isApplied: Bool? = try await connection.query(
      "select exists (select 1 from londiste.applied_execute where execute_file = \(script.name))"
    ).first?.decode(0)
    let findings = try await ScriptFindings.read(script.attributes, queue: script.queue, connection)
    var statements: [String] = []
    if isApplied != true, try findings.verdict(script.attributes) == .run {
      statements = ScriptStatement.split(findings.resolvingTags(script.sql)).map(\.text)
    }
    return ScriptPlan(
      script: script.name, isApplied: isApplied ?? false,
      conditions: Dictionary(
        script.attributes.conditions.map { ($0.description, findings.holding.contains($0)) }
      ) { first, _ in first },
      statements: statements)
  }

  var text: String {
    var lines = ["-- \(script)\(isApplied ? ": was executed, nothing to do" : "")"]
    for (condition, holds) in conditions.sorted(by: { $0.key < $1.key }) {
      lines.append("-- \(condition): \(holds ? "yes" : "no")")
    }
    if !isApplied, statements.isEmpty { lines.append("-- recorded without being run here") }
    return (lines + statements.map { "\($0);" }).joined(separator: "\n")
  }
}
