import ArgumentParser
import EventFormats
import Logging
import NodeCascade
import PostgresClient
import ServiceRuntime
import TableComparison
import TableReplication

/// Finds what a node of a cascaded queue replicates, and from whom.
struct NodeSelection {
  let options: ComparisonOptions
  let connection: ConnectionOptions
  /// Compare with the root, wherever the node reads from.
  let fromRoot: Bool

  /// A table as one node has it.
  private struct NodeTable: Sendable {
    var name: String, isReady: Bool
    var place: String?, attributes: String?
  }

  func jobs() async throws -> [ComparisonJob] {
    var cascadeOptions = try CascadeOptions.parse([])
    cascadeOptions.queue = options.queue
    cascadeOptions.remoteOptions = options.remoteOptions
    return try await cascadeOptions.withCascade(connection) { cascade in
      let name = try await cascade.localNode()
      let snapshot = try await cascade.look()
      guard let local = snapshot.nodes[name] else { throw CommandError("node \(name) does not answer") }
      let upstream = try upstream(of: local, snapshot)
      let here = try await tables(cascade.queue, connection.configuration)
      var jobs: [ComparisonJob] = []
      var open = try wanted(here, local)
      for node in upstream where !open.isEmpty {
        guard let location = local.members.first(where: { $0.name == node.name }) else { continue }
        let source = PostgresConfiguration(location.connectionString, adding: options.remoteOptions)
        let there = try await tables(cascade.queue, source)
        let databases = ComparedDatabases(
          source: source, target: connection.configuration, position: .node(queue: cascade.queue))
        let found = open.compactMap { table in
          there.first { $0.name == table.name && $0.isReady }.map { (here: table, there: $0) }
        }
        for table in try await compared(found) { jobs.append(ComparisonJob(databases: databases, table: table)) }
        open.removeAll { table in found.contains { $0.here.name == table.name } }
      }
      if let lost = open.first {
        throw CommandError(
          "no node upstream has table \(lost.name)",
          hint: upstream.isEmpty ? "this is the root: compare the other nodes with it" : nil, exitCode: .configuration)
      }
      return jobs
    }
  }

  /// The nodes that may have the tables, the nearest first.
  private func upstream(of node: NodeState, _ snapshot: CascadeSnapshot) throws -> [NodeState] {
    var nodes: [NodeState] = []
    var current = node
    while current.provider != current.name, nodes.count < snapshot.nodes.count {
      guard let next = snapshot.nodes[current.provider] else {
        let reason = snapshot.unreachable[current.provider] ?? "unknown"
        if nodes.isEmpty || fromRoot {
          throw CommandError("node \(current.provider) does not answer: \(reason)", exitCode: .unavailable)
        }
        break
      }
      nodes.append(next)
      current = next
    }
    if fromRoot { return nodes.filter { $0.type == .root } }
    guard let against = options.against else { return nodes }
    guard let chosen = nodes.first(where: { $0.name == against }) else {
      throw CommandError(
        "node \(against) is not upstream of node \(node.name)",
        hint: "upstream: \(nodes.map(\.name).joined(separator: ", "))", exitCode: .configuration)
    }
    return [chosen]
  }

  private func tables(_ queue: String, _ database: PostgresConfiguration) async throws -> [NodeTable] {
    try await PostgresConnection.with(database, logger: connection.noticeLogger) { session in
      try await session.query(
        """
        select table_name, coalesce(merge_state = 'ok', false), dest_table, table_attrs from londiste.table_info
        where queue_name = \(queue) and local order by nr
        """
      ).map { row in
        NodeTable(
          name: try row.decode(0), isReady: try row.decode(1), place: try row.decode(2), attributes: try row.decode(3))
      }
    }
  }

  private func wanted(_ here: [NodeTable], _ node: NodeState) throws -> [NodeTable] {
    let named = try options.named().map { name, _ in
      name.schema == nil ? "public.\(name.unquoted)" : name.unquoted
    }
    for name in named where !here.contains(where: { $0.name == name }) {
      throw CommandError(
        "node \(node.name) does not replicate table \(name)",
        hint: "it replicates: \(here.map(\.name).joined(separator: ", "))", exitCode: .configuration)
    }
    let all = named.isEmpty ? here.filter(\.isReady) : here.filter { named.contains($0.name) }
    guard !all.isEmpty else {
      throw CommandError("node \(node.name) has no table in step with the set", exitCode: .configuration)
    }
    return all
  }

  /// What is to be compared, as the tables' attributes and handlers say. Tables that are not stored here are left out, unless they
  /// were asked for.
  private func compared(_ found: [(here: NodeTable, there: NodeTable)]) async throws -> [ComparedTable] {
    try await PostgresConnection.with(connection.configuration, logger: connection.noticeLogger) { session in
      var tables: [ComparedTable] = []
      for (here, there) in found {
        let rows = try await ReplicatedRows.read(here.name, to: here.place, here.attributes, session)
        guard rows.isStored else {
          let reason = "the handler of table \(here.name) does not keep its rows here"
          guard try options.named().isEmpty else { throw CommandError(reason, exitCode: .configuration) }
          connection.noticeLogger.warning("\(reason): not compared")
          continue
        }
        var table = ComparedTable(try QualifiedName(unquoted: there.place ?? there.name), target: rows.table)
        table.nameInQueue = here.name
        table.conditions = [rows.condition].compactMap { $0 }
        table.sourceConditions = [rows.sourceCondition].compactMap { $0 }
        table.ignored = rows.changedColumns
        tables.append(table)
      }
      return tables
    }
  }
}
