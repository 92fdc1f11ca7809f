package import EventFormats

/// The conflict policies of a worker. Where there is none, nobody looks: changes are written.
package struct ConflictPolicies: Sendable, Equatable {
  /// For tables without one of their own.
  package var fallback: ConflictPolicy?
  /// By the tables' names in the target.
  package var tables: [QualifiedName: ConflictPolicy] = [:]
  /// Whether the rows of conflicts are kept in `trunkline.conflict_row`, and for which tables alone.
  package var keepsRows = false
  package var tablesWithRows: Set<QualifiedName> = []

  package init() {}

  /// Whether nobody looks for conflicts.
  package var isEmpty: Bool { fallback == nil && tables.isEmpty }

  /// What is to be done with a table.
  package subscript(_ table: QualifiedName) -> ConflictPolicy? { tables[table] ?? fallback }

  /// Whether the rows of a table's conflicts are kept.
  package func keepsRows(of table: QualifiedName) -> Bool { keepsRows || tablesWithRows.contains(table) }

  /// Adds what a command line says: `POLICY` for all tables, or `TABLE=POLICY`.
  ///
  /// - Throws: ``HandlerError`` when it says nothing of the kind.
  package mutating func add(_ text: String) throws(HandlerError) {
    guard let equals = text.firstIndex(of: "=") else {
      fallback = try ConflictPolicy(parsing: text)
      return
    }
    let policy = try ConflictPolicy(parsing: String(text[text.index(after: equals)...]))
    do {
      let name = try QualifiedName(parsing: String(text[..<equals]))
      tables[name.schema == nil ? try QualifiedName(schema: "public", name: name.name.name) : name] = policy
    } catch {
      throw HandlerError("'\(text[..<equals])' is no table's name: \(error)", remedy: "write SCHEMA.TABLE=POLICY")
    }
  }
}
