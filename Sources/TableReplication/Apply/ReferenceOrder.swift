import TableStructure

/// The order in which rows of several tables can be inserted with foreign keys checked.
enum ReferenceOrder {
  /// Object ids, each table after those it refers to; where they refer to each other in a circle, as given.
  static func sort(_ tables: [TableShape]) -> [UInt32] {
    let known = Dictionary(tables.map { ($0.oid, $0) }, uniquingKeysWith: { first, _ in first })
    var sorted: [UInt32] = []
    var visited: Set<UInt32> = []
    func visit(_ table: TableShape) {
      guard visited.insert(table.oid).inserted else { return }
      for reference in table.references.sorted() { if let referenced = known[reference] { visit(referenced) } }
      sorted.append(table.oid)
    }
    for table in tables { visit(table) }
    return sorted
  }
}
