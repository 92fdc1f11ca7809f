extension NodeState {
  /// Refuses to make a node the root that lacks tables of the set: changes of these would be lost to all.
  ///
  /// - Throws: ``CascadeError`` with the first of the tables.
  func checkTables() throws {
    guard let tables, tables.copying + tables.ignored > 0 else { return }
    var missing: [String] = []
    if tables.copying > 0 { missing.append("\(tables.copying) not in sync (\(Self.list(tables.copyingNames)))") }
    if tables.ignored > 0 { missing.append("\(tables.ignored) not replicated (\(Self.list(tables.ignoredNames)))") }
    throw CascadeError(
      "node \(name) cannot be the root: of the tables of the set, \(missing.joined(separator: " and ")) there",
      hint: """
        let it have them all: trunkline table add, then wait until node status shows them in sync; --force goes on without
        """)
  }

  static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", ..." : "")
  }
}
