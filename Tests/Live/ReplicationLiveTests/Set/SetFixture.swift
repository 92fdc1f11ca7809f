import Logging
import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication

/// A set of three nodes: root, branch, and a leaf below the branch. No worker runs.
struct SetFixture: Sendable {
  let root: TestDatabase, branch: TestDatabase, leaf: TestDatabase

  /// - Parameters:
  ///   - tables: made on the root.
  ///   - everywhere: made on every node.
  static func with(
    tables: String = "", everywhere: String = "", _ body: (SetFixture) async throws -> Void
  ) async throws {
    try await withDatabase { root in
      try await withDatabase { branch in
        try await withDatabase { leaf in
          let fixture = SetFixture(root: root, branch: branch, leaf: leaf)
          try await fixture.createNodes()
          for database in [root, branch, leaf] { try await database.run(everywhere) }
          try await root.run(tables)
          try await body(fixture)
        }
      }
    }
  }

  private func createNodes() async throws {
    try await create("root", .root, root, nil)
    try await create("branch", .branch, branch, root)
    try await create("leaf", .leaf, leaf, branch)
  }

  private func create(_ name: String, _ type: NodeType, _ database: TestDatabase, _ provider: TestDatabase?)
    async throws
  {
    var creation = NodeCreation(
      queue: "q", type: type, name: name, publicLocation: database.connectionString, worker: "w_\(name)")
    creation.provider = provider?.connectionString
    creation.checksLocation = false
    _ = try await creation.run(local: .init(database.connectionString), logger: .init(label: "test")) { _ in }
  }

  /// Lends the set as a node has it.
  func at<Value: Sendable>(
    _ database: TestDatabase, _ body: (ReplicationSet) async throws -> Value
  ) async throws -> Value {
    try await database.withConnection { try await body(try await ReplicationSet.open("q", $0)) }
  }

  /// Adds tables and returns what was reported.
  @discardableResult
  func add(
    _ names: String..., at database: TestDatabase, isDry: Bool = false,
    _ change: (inout TableOptions) -> Void = { _ in }
  ) async throws -> [SetResult] {
    var options = TableOptions()
    change(&options)
    return try await at(database) { set in
      var results: [SetResult] = []
      try await set.addTables(names.isEmpty ? nil : names, options, isDry: isDry) { results.append($0) }
      return results
    }
  }

  /// The error that `body` ends with, as text with its hint.
  func refusal(_ body: () async throws -> Void) async -> String {
    do {
      try await body()
      return ""
    } catch let error as SetError {
      return "\(error.message) | \(error.hint ?? "")"
    } catch let error as PostgresError {
      return "\(error.message) | \(error.hint ?? "")"
    } catch {
      return "\(error)"
    }
  }

  /// As a worker says when it has copied a table.
  func finishCopies(at database: TestDatabase) async throws {
    try await database.run("update londiste.table_info set merge_state = 'ok' where local")
  }

  /// Type, data and table of the events of a queue that are about rows.
  func events(_ database: TestDatabase) async throws -> String {
    try await database.value(
      """
      select string_agg(concat_ws(' ', coalesce(substring(ev_type from '"op":"([A-Z]+)'), ev_type), ev_data, ev_extra1, ev_extra3), E'\\n'
        order by ev_id)
      from pgq.event_template where ev_type !~ '^(pgq|londiste)[.]'
      """)
  }
}

/// The server's message when `sql` fails, nil when it does not.
func failure(_ sql: String, _ database: TestDatabase) async throws -> String? {
  do {
    try await database.run(sql)
    return nil
  } catch let error as PostgresError where error.code == .server {
    return error.message
  }
}
