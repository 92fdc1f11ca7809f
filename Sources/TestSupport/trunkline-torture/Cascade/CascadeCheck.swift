import PostgresTesting

/// Whether all nodes are what the root is, and the root has everything that was confirmed.
struct CascadeCheck: Sendable {
  let nodes: CascadeNodes
  let confirmed: [Set<Int64>]

  /// What is wrong; empty when nothing is.
  func problems() async throws -> [String] {
    var problems: [String] = []
    for (index, sequence) in confirmed.enumerated() {
      let list = try await ask(nodes.root, "select number from ledger where writer = \(index + 1)")
      let present = Set(list.split(separator: "\n").compactMap { Int64($0) })
      let lost = sequence.subtracting(present)
      if !lost.isEmpty {
        problems.append(
          "\(lost.count) confirmed transactions of writer \(index + 1) are lost: \(lost.sorted().prefix(10))")
      }
    }
    for table in CascadeTables.names {
      let root = try await ask(nodes.root, CascadeTables.content(table))
      for node in CascadeNodes.names where node != nodes.root {
        let other = try await ask(node, CascadeTables.content(table))
        if other != root { problems.append("\(table) differs: root \(nodes.root) \(root), \(node) \(other)") }
      }
    }
    let structure = try await ask(nodes.root, CascadeTables.structure)
    for node in CascadeNodes.names where node != nodes.root {
      let other = try await ask(node, CascadeTables.structure)
      if other != structure {
        let missing = Set(structure.split(separator: "\n")).symmetricDifference(other.split(separator: "\n"))
        problems.append("indexes or constraints of \(node) differ: \(missing.sorted().joined(separator: "; "))")
      }
      let left = try await ask(node, "select count(*) from londiste.pending_fkeys")
      if left != "0" { problems.append("\(left) foreign keys of \(node) were not made again") }
      let parked = try await ask(node, "select count(*) from londiste.table_info where dropped_ddl is not null")
      if parked != "0" { problems.append("dropped indexes of \(parked) tables of \(node) were not made again") }
    }
    return problems
  }

  private func ask(_ node: String, _ sql: String) async throws -> String {
    guard let cluster = nodes.clusters[node] else { return "" }
    return try await PostgresTools(cluster: cluster).psql(sql)
  }
}
