import EventFormats
import NodeCascade
import PostgresClient
import ServiceRuntime
import TableStructure

extension ReplicationSet {
  /// Brings tables into the set on the root; on other nodes lets them be replicated here.
  ///
  /// Each table in a transaction of its own: what is done stays done when a later one fails, and the command can be repeated.
  ///
  /// - Parameters:
  ///   - patterns: names and patterns; `nil`: all that are missing.
  ///   - isDry: only say what would be done.
  ///   - report: told the result of each table.
  /// - Throws: ``SetError``, `StructureError`, `PostgresError`.
  public func addTables(
    _ patterns: [String]?, _ options: TableOptions, isDry: Bool = false, report: (SetResult) throws -> Void
  ) async throws {
    try check(options, patterns)
    if !isDry { try await learnFromProvider() }
    let candidates = try await candidates(isDry: isDry)
    let local = Set(try await tables().filter(\.isLocal).map(\.name))
    guard let patterns else { return try await add(candidates, options, isDry, report) }

    let (names, unknown) = SetNames.resolve(
      patterns, among: candidates, acceptsUnknown: options.isForced || options.isVirtual)
    // for one that is there the node tells whether it is the same
    let known = unknown.filter(local.contains)
    let strange = unknown.filter { !local.contains($0) }
    let isPattern = strange.filter(SetNames.isPattern)
    for pattern in isPattern { try report(SetResult(pattern, "nothing fits")) }
    let missing = strange.filter { !SetNames.isPattern($0) }
    if options.skipsMissing {
      for name in missing { try report(SetResult(name, "skipped", warnings: [Self.unknownText(type)])) }
    } else if let first = missing.first {
      throw SetError(
        "\(missing.joined(separator: ", ")): \(Self.unknownText(type)) (queue \"\(queue)\", node \(node))",
        hint: type == .root
          ? "see what there is: trunkline table missing; --force adds \(first) all the same"
          : "add it on the root first, or see: trunkline table missing")
    }
    try await add(known + names, options, isDry, report)
  }

  private static func unknownText(_ type: NodeType) -> String {
    type == .root ? "no such table, or none that stands for itself" : "not in the set"
  }

  private func check(_ options: TableOptions, _ patterns: [String]?) throws {
    let isOne = patterns?.count == 1 && patterns?.contains(where: SetNames.isPattern) == false
    if options.destination != nil, !isOne {
      throw SetError("another name here is for one table", hint: "give one table with --dest-table", exitCode: .usage)
    }
    if options.copySource == .firstWithData, options.merge == .all {
      throw SetError(
        "each queue would have a node of its own to copy from",
        hint: "add the table for each queue with --no-merge --find-copy-node", exitCode: .usage)
    }
    guard type == .root else { return }
    if options.creation != nil || options.copySource != .provider {
      throw SetError("the root has nobody to make or copy tables from", exitCode: .usage)
    }
  }

  private func candidates(isDry: Bool) async throws -> [String] {
    var names = try await missing().tables
    guard isDry, type != .root else { return names }
    let known = Set(try await tables().map(\.name))
    names += try await withNode(provider) { try await $0.tables().map(\.name) }.filter { !known.contains($0) }
    return names
  }

  private func add(
    _ names: [String], _ options: TableOptions, _ isDry: Bool, _ report: (SetResult) throws -> Void
  ) async throws {
    guard !names.isEmpty else { return }
    guard type != .root else {
      for name in names { try report(try await add(name, options, from: nil, isDry)) }
      return
    }
    let source = try await copyNode(options.copySource, for: names)
    try await withNode(source) { remote in
      let remote = try await SetSource(remote)
      for name in names { try report(try await add(name, options, from: remote, isDry)) }
    }
  }

  private func add(
    _ name: String, _ options: TableOptions, from source: SetSource?, _ isDry: Bool
  ) async throws -> SetResult {
    let addition: TableAddition
    do {
      addition = try await TableAddition(self, name, options, source)
    } catch let error as MissingTable {
      guard options.skipsMissing else { throw SetError(error.message, hint: error.hint) }
      return SetResult(name, "skipped", warnings: [error.message])
    }
    if isDry { return SetResult(name, "planned", warnings: addition.warnings, sql: addition.steps.map(\.sql)) }
    do {
      let notes = try await connection.perform(addition.steps)
      return SetResult(name, addition.result, warnings: addition.warnings + notes)
    } catch let error as PostgresError where options.creation != nil && error.code == .server {
      throw SetError(
        "table \(name) of queue \"\(queue)\" cannot be made or added on node \(node): \(error.message)",
        hint: error.hint ?? "nothing was changed; see the statements: --dry-run")
    }
  }
}
