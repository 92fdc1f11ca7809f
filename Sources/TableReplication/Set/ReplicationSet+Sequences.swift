import NodeCascade
import PostgresClient
import ServiceRuntime
public import TableStructure

extension ReplicationSet {
  /// Brings sequences into the set on the root; on other nodes keeps them at the value that was published last.
  ///
  /// - Parameters:
  ///   - patterns: names and patterns; `nil`: all that are missing.
  ///   - creation: whether to make a sequence that is not here as it is on the provider: alone, or with owner, privileges and comment.
  ///   - skipsMissing: leave out those that are not here, or not in the set.
  /// - Throws: ``SetError``, `PostgresError`.
  public func addSequences(
    _ patterns: [String]?, creation: CreationPlan.Scope? = nil, skipsMissing: Bool = false, isDry: Bool = false,
    report: (SetResult) throws -> Void
  ) async throws {
    if creation != nil, type == .root { throw SetError("the root has nobody to make sequences from", exitCode: .usage) }
    if !isDry { try await learnFromProvider() }
    let candidates = try await missing().sequences
    let local = Set(try await sequences().filter(\.isLocal).map(\.name))
    var names = candidates
    if let patterns {
      let (found, unknown) = SetNames.resolve(patterns, among: candidates)
      names = found
      for name in unknown where local.contains(name) || SetNames.isPattern(name) {
        try report(SetResult(name, local.contains(name) ? "added already" : "nothing fits"))
      }
      let missing = unknown.filter { !local.contains($0) && !SetNames.isPattern($0) }
      for name in missing where skipsMissing { try report(SetResult(name, "skipped", warnings: ["no such sequence"])) }
      guard missing.isEmpty || skipsMissing else {
        throw SetError(
          "\(missing.joined(separator: ", ")): no such sequence \(type == .root ? "here" : "in the set of queue \"\(queue)\"")",
          hint: "see what there is: trunkline sequence missing")
      }
    }
    for name in names {
      var steps: [SetStep] = []
      var result = "added"
      if !(try await sequenceExists(name)) {
        if let creation, let text = try await creating(name, creation) {
          steps += text.map { .statement($0) }
          result = "created and added"
        } else if skipsMissing {
          try report(SetResult(name, "skipped", warnings: ["no such sequence on node \(node)"]))
          continue
        } else {
          throw SetError(
            "sequence \(name) does not exist on node \(node)", hint: "make it: --create, --create-full", answer: 400)
        }
      }
      steps.append(.call("londiste.local_add_seq", .text(queue), .text(name)))
      try report(try await perform(steps, name, result, isDry))
    }
  }

  private func sequenceExists(_ name: String) async throws -> Bool {
    try await connection.query("select londiste.find_seq_oid(\(name)) is not null").first?.decode(0) ?? false
  }

  private func creating(_ name: String, _ scope: CreationPlan.Scope) async throws -> [String]? {
    let definition = try await withNode(provider) { provider in
      try await SequenceDefinition.read(CatalogName(unquoted: name), provider.connection)
    }
    guard let definition else { return nil }
    return TableCreation.plan(definition, scope, on: try await TargetCatalog.read(connection)).statements
  }

  /// Sequences are left to themselves; on the root they leave the set.
  ///
  /// - Throws: ``SetError``, `PostgresError`.
  public func removeSequences(
    _ patterns: [String]?, isDry: Bool = false, report: (SetResult) throws -> Void
  ) async throws {
    let local = try await sequences().filter(\.isLocal).map(\.name)
    var names = local
    if let patterns {
      let (found, unknown) = SetNames.resolve(patterns, among: local)
      guard unknown.isEmpty else {
        throw SetError(
          "\(unknown.joined(separator: ", ")): not kept on node \(node) for queue \"\(queue)\"",
          hint: "see what is: trunkline sequence list")
      }
      names = found
    }
    for name in names {
      let step = SetStep.call("londiste.local_remove_seq", .text(queue), .text(name))
      try report(try await perform([step], name, "removed", isDry))
    }
  }
}
