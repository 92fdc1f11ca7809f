/// Finds the statements that make a table in a database: a pure function of the definition and of what is there.
public struct TableCreation: Sendable {
  let scope: CreationPlan.Scope
  let target: TargetCatalog
  var plan = CreationPlan()

  /// The statements that make `definition`.
  ///
  /// - Throws: ``StructureError`` when something is missing that the statements cannot make, or the server is too old.
  public static func plan(
    _ definition: TableDefinition, _ scope: CreationPlan.Scope, on target: TargetCatalog
  ) throws -> CreationPlan {
    var creation = TableCreation(scope: scope, target: target)
    try creation.make(definition)
    return creation.plan
  }

  /// The statements that make a sequence.
  public static func plan(
    _ sequence: SequenceDefinition, _ scope: CreationPlan.Scope, on target: TargetCatalog
  ) -> CreationPlan {
    var creation = TableCreation(scope: scope, target: target)
    creation.makeSchemas([sequence.name.schema])
    creation.make(sequence)
    if scope == .full { creation.finish(sequence) }
    return creation.plan
  }

  private init(scope: CreationPlan.Scope, target: TargetCatalog) {
    self.scope = scope
    self.target = target
  }

  mutating func add(_ statement: String) { plan.statements.append(statement) }

  mutating func warn(_ text: String) { plan.warnings.append(text) }

  private mutating func make(_ table: TableDefinition) throws {
    guard !target.relations.contains(table.name) else {
      throw StructureError("table \(table.name) is there already", hint: "add it without --create")
    }
    try VersionLimits.check(table, scope, target.majorVersion)
    let types = try missingTypes(of: table)
    let sequences = scope == .full ? table.sequences : []
    makeSchemas([table.name.schema] + types.map(\.name.schema) + sequences.map(\.name.schema) + table.partitionSchemas)
    for type in types { if let statement = type.statement { add(statement) } }
    for sequence in sequences where !sequence.isIdentity { make(sequence) }
    makeColumns(of: table)
    guard scope == .full else {
      for key in table.constraints where key.kind == .primaryKey { add(key, to: table) }
      return
    }
    plan.sequences = sequences.filter { !$0.isIdentity || $0.name.schema == table.name.schema }.map(\.name)
    for sequence in sequences { finish(sequence, owner: table) }
    for partition in table.partitions { makePartition(partition, of: table) }
    finish(table)
    makeParents(of: table)
  }

  // MARK: what comes before the table

  mutating func makeSchemas(_ names: [String]) {
    var made: Set<String> = []
    for name in names where !target.schemas.contains(name) && made.insert(name).inserted {
      add("create schema \(quote(name))")
    }
  }

  private func missingTypes(of table: TableDefinition) throws -> [TypeDefinition] {
    let missing = table.types.filter { !target.types.contains($0.name) }
    for type in missing where type.statement == nil {
      guard case .ofExtension(let name) = type.form else {
        throw StructureError(
          "table \(table.name) needs type \(type.name), which is missing here", hint: "create it first")
      }
      throw StructureError(
        "table \(table.name) needs type \(type.name) of extension \(name), which is missing here",
        hint: "create extension \(quote(name)) schema \(quote(type.name.schema)), then add the table again")
    }
    return missing
  }

  private mutating func make(_ sequence: SequenceDefinition) {
    guard !target.relations.contains(sequence.name) else { return }
    add("create sequence \(sequence.name.quoted) as \(sequence.type) \(sequence.options)")
  }

  private mutating func finish(_ sequence: SequenceDefinition, owner table: TableDefinition? = nil) {
    guard !target.relations.contains(sequence.name) else { return }
    if sequence.isIdentity, let table, table.name.schema != sequence.name.schema {
      return warn("the sequence of column \(quote(sequence.column ?? "")) has a name of its own and is not replicated")
    }
    if !sequence.isIdentity {
      give(sequence.name, "sequence", to: sequence.owner)
      if let table, let column = sequence.column, table.name.schema != sequence.name.schema {
        warn("sequence \(sequence.name) does not belong to column \(quote(column)): its schema is another one")
      } else if let table, let column = sequence.column {
        // both must have one owner at that moment
        give(table.name, "table", to: table.owner)
        add("alter sequence \(sequence.name.quoted) owned by \(table.name.quoted).\(quote(column))")
      }
    }
    for grant in sequence.grants { make(grant, "sequence \(sequence.name.quoted)") }
    if let comment = sequence.comment { add("comment on sequence \(sequence.name.quoted) is \(literal(comment))") }
  }

  /// Gives a relation to its owner, once, as far as that is possible.
  mutating func give(_ name: CatalogName, _ kind: String, to owner: String) {
    guard target.ownRoles.contains(owner) else {
      warn(
        "\(kind) \(name) belongs to whoever makes it: role \(quote(owner)) "
          + (target.roles.contains(owner) ? "is not one's own" : "is missing here"))
      return
    }
    let statement = "alter \(kind) \(name.quoted) owner to \(quote(owner))"
    if !plan.statements.contains(statement) { add(statement) }
  }

  mutating func make(_ grant: Grant, _ object: String) {
    if let role = grant.role, !target.roles.contains(role) {
      return warn("no privilege on \(object) for role \(quote(role)): it is missing here")
    }
    if grant.privilege == "maintain", target.majorVersion < 17 {
      return warn("no privilege maintain on \(object): this server does not know it")
    }
    add(
      "grant \(grant.privilege)\(grant.column.map { " (\(quote($0)))" } ?? "") on \(object) to "
        + (grant.role.map(quote) ?? "public") + (grant.isGrantable ? " with grant option" : ""))
  }

  private mutating func makeParents(of table: TableDefinition) {
    for parent in table.parents {
      if target.relations.contains(parent) {
        add("alter table \(table.name.quoted) inherit \(parent.quoted)")
      } else {
        warn("\(table.name) does not inherit from \(parent): that is missing here")
      }
    }
  }
}

extension TableDefinition {
  /// Schemas of the partitions, at every level.
  fileprivate var partitionSchemas: [String] { partitions.flatMap { [$0.name.schema] + $0.partitionSchemas } }
}
