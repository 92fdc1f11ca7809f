import EventFormats
import Logging
import NodeCascade
import PostgresClient
import ServiceRuntime
import TableStructure

/// A table that does not exist where it is needed.
struct MissingTable: Error {
  var message: String
  var hint: String
}

/// What has to be done on a node to bring one table into its set.
struct TableAddition {
  private(set) var steps: [SetStep] = []
  private(set) var warnings: [String] = []
  private(set) var result = "added"

  /// - Parameter source: where rows and structure come from; `nil` on the root.
  /// - Throws: ``MissingTable``, ``SetError``, `StructureError`, `PostgresError`.
  init(_ set: ReplicationSet, _ name: String, _ options: TableOptions, _ source: SetSource?) async throws {
    let local = CatalogName(unquoted: options.destination ?? name)
    let isThere = try await set.exists(local)
    var capture = options.capture
    // what is copied is what changes bring, whatever will be captured here one day
    var copied = options.capture
    var sequences: [String] = []

    if let source, !options.isVirtual {
      let theirs = source.tables[name]
      if let theirs { copied = try await Self.inherit(&capture, source, theirs, options) }
      try Self.check(source, name, theirs, options)
      if !isThere, let scope = options.creation, let theirs {
        let definition = try await Self.definition(of: theirs, source, patience: options.patience)
        let plan = try await Self.creation(by: definition, as: local, scope, source, set)
        steps += plan.statements.map { .statement($0) }
        steps += plan.foreignKeys.map(Self.remember)
        warnings += plan.warnings
        sequences = plan.sequences.map(\.unquoted)
        result = "created and added"
      } else if isThere, let theirs {
        warnings += try await Self.columnWarnings(set, local, source, theirs, capture)
      }
    }
    guard isThere || options.isVirtual || result != "added" else {
      throw MissingTable(
        message: "table \(local.unquoted) does not exist on node \(set.node)",
        hint: set.type == .root ? "see what there is: trunkline table missing" : "make it: --create, --create-full")
    }

    let copyNode = source.flatMap { $0.set.node == set.provider ? nil : $0.set.node }
    let attributes = options.attributes(copyNode: copyNode, copied)
    steps.append(
      .call(
        "londiste.local_add_table", .text(set.queue), .text(name), .list(options.functionArguments(capture)),
        .text(attributes.text), .text(options.destination.map { CatalogName(unquoted: $0).unquoted })))

    guard options.addsSequences, !options.isVirtual else { return }
    if isThere { sequences = try await set.sequences(of: local) }
    let known = Dictionary(uniqueKeysWithValues: try await set.sequences().map { ($0.name, $0.isLocal) })
    for sequence in sequences where known[sequence] != true {
      // elsewhere than on the root only what is in the set
      guard set.type == .root || known[sequence] != nil else { continue }
      steps.append(.call("londiste.local_add_seq", .text(set.queue), .text(sequence)))
    }
  }

  private static func check(
    _ source: SetSource, _ name: String, _ theirs: RegisteredTable?, _ options: TableOptions
  ) throws {
    guard !(options.expectsSync && options.creation == nil) else { return }
    guard theirs?.isLocal == true else {
      throw MissingTable(
        message: "table \(name) is not replicated on node \(source.set.node)",
        hint: "copy from another node: --find-copy-node, --copy-node; or add it there first")
    }
  }

  /// What the source captures of the table is captured here, too, once this node is the root.
  ///
  /// - Returns: what the source captures, with its key where columns are chosen.
  private static func inherit(
    _ capture: inout CaptureOptions, _ source: SetSource, _ theirs: RegisteredTable, _ options: TableOptions
  ) async throws -> CaptureOptions {
    if let damage = theirs.damage {
      throw SetError(
        "table \(theirs.name) on node \(source.set.node): \(damage)",
        hint: "set them anew there: trunkline table change-handler")
    }
    let wanted = capture
    guard var there = try await source.capture(theirs) else {
      capture.when = capture.when ?? theirs.attributes.condition
      return CaptureOptions(
        columns: theirs.attributes.columns, ignore: theirs.attributes.ignore, when: capture.when)
    }
    if wanted.when != nil, wanted.when != there.when {
      throw SetError(
        "node \(source.set.node) replicates \(there.when.map { "only rows with \($0)" } ?? "all rows") of \(theirs.name)",
        hint: "rows are chosen on the root, with --where; for a part of them on one node use a handler",
        exitCode: .usage)
    }
    capture.when = there.when
    if options.triggerArguments.isEmpty, options.triggerFlags == nil {
      capture.key = wanted.key ?? there.key
      if wanted.columns == nil, wanted.ignore == nil {
        (capture.columns, capture.ignore) = (there.columns, there.ignore)
      }
      capture.before = wanted.before || there.before
    }
    if there.columns != nil { there.key = try await source.capturedKey(theirs) }
    return there
  }

  /// What the table is like at the source, once nothing of it is taken down there for a copy.
  private static func definition(
    of table: RegisteredTable, _ source: SetSource, patience: Duration
  ) async throws -> TableDefinition {
    let limit = ContinuousClock.now + patience
    var isTold = false
    while true {
      do {
        try await source.checkIsWhole(table)
        guard let definition = try await TableDefinition.read(table.localName, source.set.connection) else {
          throw MissingTable(
            message: "table \(table.localName.unquoted) does not exist on node \(source.set.node)",
            hint: "make it there, or copy from another node: --copy-node")
        }
        // a copy may have begun meanwhile
        try await source.checkIsWhole(table)
        return definition
      } catch let error as SetError where error.exitCode == .temporary && ContinuousClock.now < limit {
        if !isTold { source.set.logger.warning("\(error.message); waiting for that") }
        isTold = true
        try await Task.sleep(for: .milliseconds(250))
      }
    }
  }

  private static func creation(
    by definition: TableDefinition, as local: CatalogName, _ scope: CreationPlan.Scope, _ source: SetSource,
    _ set: ReplicationSet
  ) async throws -> CreationPlan {
    // tables to which it refers may have other names here
    let names = Dictionary(
      source.tables.values.map { ($0.localName, $0.name) }, uniquingKeysWith: { first, _ in first })
    let here = Dictionary(
      uniqueKeysWithValues: try await set.tables().filter(\.isLocal).map { ($0.name, $0.localName) })
    var definition = definition.renamed(local)
    for index in definition.constraints.indices {
      guard let other = definition.constraints[index].references, other != local else { continue }
      definition.constraints[index].references = names[other].flatMap { here[$0] } ?? other
    }
    return try TableCreation.plan(definition, scope, on: try await TargetCatalog.read(set.connection))
  }

  /// Foreign keys are made when both tables have their rows.
  private static func remember(_ key: CreationPlan.ForeignKey) -> SetStep {
    let values = [key.table.unquoted, key.references.unquoted, key.name, key.statement].map(quotedLiteral)
    return .statement(
      """
      insert into londiste.pending_fkeys (from_table, to_table, fkey_name, fkey_def) values (\(values.joined(separator: ", "))) \
      on conflict (from_table, fkey_name) do update set to_table = excluded.to_table, fkey_def = excluded.fkey_def
      """)
  }

  private static func columnWarnings(
    _ set: ReplicationSet, _ local: CatalogName, _ source: SetSource, _ theirs: RegisteredTable,
    _ capture: CaptureOptions
  ) async throws -> [String] {
    guard let there = try await TableShape.read(try theirs.localName.name(), source.set.connection),
      let here = try await TableShape.read(try local.name(), set.connection)
    else { return [] }
    let names = Set(here.columns.map(\.name))
    let missing = there.columns.map(\.name).filter { name in
      !names.contains(name) && capture.ignore?.contains(name) != true
        && (capture.columns.map { $0.contains(name) } ?? true)
    }
    return missing.isEmpty
      ? []
      : [
        "\(missing.joined(separator: ", ")) of node \(source.set.node) missing here: changes that carry it cannot be applied"
      ]
  }
}

extension CatalogName {
  /// The same as a checked name.
  fileprivate func name() throws -> QualifiedName { try QualifiedName(schema: schema, name: name) }
}
