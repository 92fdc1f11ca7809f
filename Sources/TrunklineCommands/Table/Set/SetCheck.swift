import ServiceRuntime
import TableReplication
import TableStructure

/// Compares tables of a set with those of the provider and prints what differs.
struct SetCheck {
  var set: ReplicationSet
  var tables: [String]?
  var showsAll: Bool

  /// What was found, for printing.
  private struct Report: Encodable {
    var queue: String
    var node: String
    var tables: [String]
    var findings: [SetFinding]
  }

  func run(_ output: OutputOptions) async throws {
    let (names, all) = try await set.check(tables)
    let findings = showsAll ? all : all.filter(\.difference.isSerious)
    try output.print(Report(queue: set.queue, node: set.node, tables: names, findings: findings)) { report in
      if report.findings.isEmpty { return "\(report.tables.count) tables checked, nothing to mend.\n" }
      return report.findings.map(Self.text).joined()
    }
    let bad = Set(all.filter(\.difference.isSerious).map(\.table)).count
    guard bad > 0 else { return }
    throw CommandError(
      "\(bad) of \(names.count) tables need attention",
      hint: "changes from the provider may fail or get lost; run what is shown after looking at it",
      exitCode: .differences)
  }

  private static func text(_ finding: SetFinding) -> String {
    let it = finding.difference
    let sides = [it.here.map { "here \($0)" } ?? "missing here", it.there.map { "there \($0)" }].compactMap { $0 }
    let remedy = it.remedy.map { "  \($0.hasPrefix("trunkline ") ? $0 : $0 + ";")\n" } ?? ""
    return "\(finding.table): \(it.aspect.rawValue) \(it.name): \(sides.joined(separator: ", "))\n\(remedy)"
  }
}

extension RegisteredAttributes {
  /// For people.
  var words: [String] {
    var words: [String] = []
    if let handler { words.append("handler=\(handler)") }
    if let copyNode { words.append("copy-node=\(copyNode)") }
    if skipsTruncate { words.append("skip-truncate") }
    if let maxParallelCopy { words.append("max-parallel-copy=\(maxParallelCopy)") }
    if let condition { words.append("where '\(condition)'") }
    if let columns { words.append("columns=\(columns.joined(separator: ","))") }
    if let ignore { words.append("ignore=\(ignore.joined(separator: ","))") }
    return words + others.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }
}
