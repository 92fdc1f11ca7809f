extension TableCreation {
  mutating func add(_ constraint: ConstraintDefinition, to table: TableDefinition) {
    add(
      "alter table \(table.name.quoted) add constraint \(quote(constraint.name)) \(constraint.definition)\(constraint.isValidated ? "" : " not valid")"
    )
    if scope == .full, let comment = constraint.comment {
      add("comment on constraint \(quote(constraint.name)) on \(table.name.quoted) is \(literal(comment))")
    }
  }

  /// Constraints, indexes, and everything else around a table; then around its partitions.
  mutating func finish(_ table: TableDefinition) {
    let name = table.name.quoted
    for constraint in table.constraints where constraint.kind != .foreignKey { add(constraint, to: table) }
    for index in table.indexes {
      add(index.statement(for: table.name))
      if let comment = index.comment {
        add("comment on index \(CatalogName(table.name.schema, index.name).quoted) is \(literal(comment))")
      }
    }
    switch table.replicaIdentity {
    case "default": break
    case "full", "nothing": add("alter table only \(name) replica identity \(table.replicaIdentity)")
    default: add("alter table only \(name) replica identity using index \(quote(table.replicaIdentity))")
    }
    if let index = table.clusterIndex { add("alter table only \(name) cluster on \(quote(index))") }
    for one in table.statistics { add(one.text(for: table.name)) }
    if let comment = table.comment { add("comment on table \(name) is \(literal(comment))") }
    makeTriggers(of: table)
    secure(table)
    for key in table.constraints where key.kind == .foreignKey {
      guard let references = key.references else { continue }
      plan.foreignKeys.append(
        .init(
          table: table.name, references: references, name: key.name,
          // as londiste.find_table_fkeys() has it
          statement:
            "alter table \(table.partitioning == nil ? "only " : "")\(name) add constraint \(quote(key.name)) \(key.definition)"
        ))
    }
    for partition in table.partitions { finish(partition) }
  }

  private mutating func makeTriggers(of table: TableDefinition) {
    for trigger in table.triggers {
      if let function = trigger.function, !target.triggerFunctions.contains(function) {
        warn("no trigger \(quote(trigger.definition.name)) on \(table.name): function \(function) is missing here")
        continue
      }
      add(trigger.definition.text(for: table.name))
      enable("trigger", trigger, on: table.name)
    }
    for rule in table.rules {
      add(rule.definition.text(for: table.name).trimmingSemicolon)
      enable("rule", rule, on: table.name)
    }
  }

  private mutating func enable(_ kind: String, _ trigger: TriggerDefinition, on table: CatalogName) {
    let words = ["A": "enable always", "R": "enable replica", "D": "disable"]
    guard let word = words[trigger.enabled] else { return }
    add("alter table \(table.quoted) \(word) \(kind) \(quote(trigger.definition.name))")
  }

  private mutating func secure(_ table: TableDefinition) {
    let name = table.name.quoted
    for policy in table.security.policies {
      let missing = policy.roles.filter { $0 != "public" && !target.roles.contains($0) }
      guard missing.isEmpty else {
        warn(
          "no policy \(quote(policy.name)) on \(table.name): role \(missing.joined(separator: ", ")) is missing here")
        continue
      }
      add(
        "create policy \(quote(policy.name)) on \(name) as \(policy.isPermissive ? "permissive" : "restrictive") "
          + "for \(policy.command) to \(policy.roles.map { $0 == "public" ? $0 : quote($0) }.joined(separator: ", "))"
          + (policy.using.map { " using (\($0))" } ?? "") + (policy.check.map { " with check (\($0))" } ?? ""))
    }
    if table.security.isEnabled { add("alter table only \(name) enable row level security") }
    if table.security.isForced { add("alter table only \(name) force row level security") }
    for grant in table.grants { make(grant, "table \(name)") }
    give(table.name, "table", to: table.owner)
  }
}

extension String {
  /// Without the semicolon at its end.
  fileprivate var trimmingSemicolon: String { hasSuffix(";") ? String(dropLast()) : self }
}
