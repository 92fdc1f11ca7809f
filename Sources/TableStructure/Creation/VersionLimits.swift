/// What older servers do not know.
enum VersionLimits {
  /// - Throws: ``StructureError`` naming what the server does not know.
  static func check(_ table: TableDefinition, _ scope: CreationPlan.Scope, _ major: Int) throws {
    for column in table.columns {
      if case .generated(_, isVirtual: true) = column.value, major < 18 {
        throw error(table, "virtual column \(quote(column.name))", 18, major)
      }
    }
    for constraint in table.constraints where scope == .full || constraint.kind == .primaryKey {
      let text = constraint.definition
      for (words, since) in [
        (" WITHOUT OVERLAPS", 18), ("PERIOD ", 18), (" NOT ENFORCED", 18), ("NULLS NOT DISTINCT", 15),
      ] where major < since && text.contains(words) && !(words == "PERIOD " && constraint.kind != .foreignKey) {
        throw error(table, "constraint \(quote(constraint.name)): \(text)", since, major)
      }
    }
    guard scope == .full else { return }
    for index in table.indexes where major < 15 && index.text.contains(" NULLS NOT DISTINCT") {
      throw error(table, "index \(quote(index.name)): NULLS NOT DISTINCT", 15, major)
    }
    for partition in table.partitions { try check(partition, scope, major) }
  }

  private static func error(_ table: TableDefinition, _ what: String, _ since: Int, _ major: Int) -> StructureError {
    StructureError(
      "table \(table.name) cannot be made here: PostgreSQL \(major) does not know \(what); it takes \(since)",
      hint: "create a table that this server can have, then add it without --create")
  }
}
