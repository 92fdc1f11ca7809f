/// Compares a table with the one from which its changes come: a pure function of both definitions.
///
/// Names of constraints and indexes do not count, nor the order of columns, nor what has no influence on rows: owners, privileges,
/// comments, storage.
public struct StructureComparison: Sendable {
  private let here: TableDefinition, there: TableDefinition
  private var found: [StructureDifference] = []

  /// What differs.
  ///
  /// - Parameters:
  ///   - here, there: the table of this node, and of the other; their names may differ.
  ///   - ignored: columns that are not replicated.
  ///   - known: names of foreign keys that were taken down and will come back.
  public static func differences(
    here: TableDefinition, there: TableDefinition, ignored: Set<String> = [], known: Set<String> = []
  ) -> [StructureDifference] {
    var comparison = StructureComparison(here: here, there: there.renamed(here.name))
    comparison.compareColumns(ignored)
    comparison.compareConstraints(known)
    comparison.compareIndexes()
    comparison.compareTriggers()
    comparison.comparePartitions()
    return comparison.found
  }

  private init(here: TableDefinition, there: TableDefinition) {
    self.here = here
    self.there = there
  }

  private var head: String { "alter table \(here.name.quoted)" }

  private mutating func compareColumns(_ ignored: Set<String>) {
    let creation = ColumnText()
    for column in there.columns where !ignored.contains(column.name) {
      guard let own = here.columns.first(where: { $0.name == column.name }) else {
        found.append(
          .init(
            .column, column.name, here: nil, there: column.type, isSerious: true,
            remedy: "\(head) add column \(creation.text(of: column))"))
        continue
      }
      compare(own, column)
    }
    let names = Set(there.columns.map(\.name))
    for column in here.columns where !names.contains(column.name) || ignored.contains(column.name) {
      // rows come without it
      let refuses = column.isNotNull && column.value == nil
      if refuses || !ignored.contains(column.name) {
        found.append(
          .init(
            .column, column.name, here: column.type + (column.isNotNull ? " not null" : ""), there: nil,
            isSerious: refuses,
            remedy: refuses ? "\(head) alter column \(quote(column.name)) drop not null" : nil))
      }
    }
  }

  private mutating func compare(_ own: ColumnDefinition, _ other: ColumnDefinition) {
    let alter = "\(head) alter column \(quote(own.name))"
    if own.type != other.type {
      found.append(
        .init(
          .type, own.name, here: own.type, there: other.type, isSerious: true,
          remedy: "\(alter) type \(other.type) using \(quote(own.name))::\(other.type)"))
    } else if own.collation != other.collation {
      found.append(
        .init(
          .collation, own.name, here: own.collation ?? "default", there: other.collation ?? "default",
          isSerious: false,
          remedy: "\(alter) type \(other.type) collate \(other.collation ?? "pg_catalog.\"default\"")"))
    }
    if own.isNotNull != other.isNotNull {
      found.append(
        .init(
          .null, own.name, here: own.isNotNull ? "not null" : "null", there: other.isNotNull ? "not null" : "null",
          isSerious: own.isNotNull, remedy: "\(alter) \(other.isNotNull ? "set" : "drop") not null"))
    }
    guard own.value != other.value else { return }
    found.append(
      .init(
        .value, own.name, here: own.value?.text, there: other.value?.text, isSerious: own.value?.isGenerated == true,
        remedy: remedy(own, other, alter)))
  }

  private func remedy(_ own: ColumnDefinition, _ other: ColumnDefinition, _ alter: String) -> String? {
    switch (own.value, other.value) {
    case (.generated, .generated): nil
    case (.generated(_, isVirtual: false), nil): "\(alter) drop expression"
    case (.generated, _), (_, .generated): nil
    case (_, .expression(let text)?): "\(alter) set default \(text)"
    case (.expression, nil): "\(alter) drop default"
    default: nil
    }
  }

  private mutating func compareConstraints(_ known: Set<String>) {
    for constraint in there.constraints where !has(constraint, here.constraints) {
      let isKey = constraint.kind == .foreignKey
      guard !(isKey && known.contains(constraint.name)) else { continue }
      found.append(
        .init(
          constraint.kind.aspect, constraint.name,
          here: constraint.kind == .primaryKey ? here.primaryKey?.definition : nil, there: constraint.definition,
          isSerious: constraint.kind == .primaryKey,
          remedy: "\(head) add constraint \(quote(constraint.name)) \(constraint.definition)"
            + (isKey && here.partitioning == nil ? " not valid" : "")))
    }
    // what is demanded here only may refuse rows, or choke on their order
    for constraint in here.constraints where !has(constraint, there.constraints) {
      if constraint.kind == .primaryKey, there.primaryKey != nil { continue }
      found.append(
        .init(
          constraint.kind.aspect, constraint.name, here: constraint.definition, there: nil,
          isSerious: constraint.kind != .foreignKey && constraint.kind != .primaryKey,
          remedy: constraint.kind == .primaryKey ? nil : "\(head) drop constraint \(quote(constraint.name))"))
    }
    for constraint in here.constraints where constraint.kind == .foreignKey && !constraint.isValidated {
      found.append(
        .init(
          .foreignKey, constraint.name, here: "not validated", there: constraint.definition, isSerious: false,
          remedy: "\(head) validate constraint \(quote(constraint.name))"))
    }
  }

  private func has(_ constraint: ConstraintDefinition, _ others: [ConstraintDefinition]) -> Bool {
    others.contains { $0.kind == constraint.kind && $0.definition == constraint.definition }
  }

  private mutating func compareIndexes() {
    for index in there.indexes where !here.indexes.contains(where: { $0.isSame(index) }) {
      found.append(
        .init(
          .index, index.name, here: nil, there: index.text, isSerious: false, remedy: index.statement(for: here.name)))
    }
    for index in here.indexes where index.isUnique && !there.indexes.contains(where: { $0.isSame(index) }) {
      found.append(
        .init(
          .index, index.name, here: "unique \(index.text)", there: nil, isSerious: true,
          remedy: "drop index \(CatalogName(here.name.schema, index.name).quoted)"))
    }
  }

  private mutating func compareTriggers() {
    for trigger in here.triggers where trigger.enabled == "A" || trigger.enabled == "R" {
      let name = trigger.definition.name
      let other = there.triggers.first { $0.definition.name == name }
      guard other?.enabled != trigger.enabled else { continue }
      found.append(
        .init(
          .trigger, name, here: "fires for replicated changes", there: other.map { _ in "does not" }, isSerious: true,
          remedy: "\(head) enable trigger \(quote(name))"))
    }
    for trigger in there.triggers {
      let name = trigger.definition.name
      guard !here.triggers.contains(where: { $0.definition.name == name }) else { continue }
      let text = trigger.definition.text(for: here.name)
      found.append(.init(.trigger, name, here: nil, there: text, isSerious: false, remedy: text))
    }
  }

  private mutating func comparePartitions() {
    guard here.partitioning != nil, there.partitioning != nil else { return }
    guard here.partitioning == there.partitioning else {
      found.append(
        .init(
          .partition, here.name.unquoted, here: here.partitioning, there: there.partitioning, isSerious: false))
      return
    }
    let bounds = Set(here.partitions.map(\.bound))
    for partition in there.partitions where !bounds.contains(partition.bound) {
      let bound = partition.bound ?? "DEFAULT"
      found.append(
        .init(
          .partition, partition.name.unquoted, here: nil, there: bound,
          isSerious: !here.partitions.contains { $0.bound == "DEFAULT" },
          remedy: "create table \(partition.name.quoted) partition of \(here.name.quoted) \(bound)"
            + (partition.partitioning.map { " partition by \($0)" } ?? "")))
    }
  }
}
