import Logging
import NodeCascade
import PostgresClient
import PostgresTesting
import Testing

/// Databases that are nodes of queue q, made by us, while the original's workers copy the queue between them.
struct NodeFixture: Sendable {
  /// The databases, by the names that their nodes have in the beginning.
  let databases: [String: TestDatabase]

  /// Lends nodes given as pairs of name and provider, the root first; those in `leaves` have no queue.
  static func with(
    _ edges: [(node: String, provider: String)], leaves: Set<String> = [], _ body: (NodeFixture) async throws -> Void
  ) async throws {
    try await withDatabases(edges.count) { list in
      let databases = Dictionary(uniqueKeysWithValues: zip(edges.map(\.node), list))
      let cascade = try OriginalCascade(zip(edges.map(\.node), list).map { ($0, $1) })
      for (node, provider) in edges {
        guard let database = databases[node] else { continue }
        let type: NodeType = node == provider ? .root : leaves.contains(node) ? .leaf : .branch
        var creation = NodeCreation(
          queue: "q", type: type, name: node, publicLocation: database.connectionString, worker: "w_\(node)")
        creation.provider = node == provider ? nil : databases[provider]?.connectionString
        _ = try await creation.run(
          local: PostgresConfiguration(database.connectionString), logger: Logger(label: "test")
        ) { _ in }
        if type != .leaf {
          try await database.psql(
            "update pgq.queue set queue_ticker_max_lag = '0.1 s', queue_ticker_idle_period = '0.5 s';")
        }
      }
      try await cascade.run { try await body(NodeFixture(databases: databases)) }
    }
  }

  private static func withDatabases(
    _ count: Int, _ collected: [TestDatabase] = [], _ body: ([TestDatabase]) async throws -> Void
  ) async throws {
    if collected.count == count { return try await body(collected) }
    try await withDatabase { try await withDatabases(count, collected + [$0], body) }
  }

  func psql(_ node: String, _ sql: String) async throws -> String {
    try await databases[node]?.psql(sql) ?? ""
  }

  func insert(_ node: String, _ numbers: ClosedRange<Int>) async throws {
    _ = try await psql(
      node,
      "select count(pgq.insert_event('q', 't', i::text)) from generate_series(\(numbers.lowerBound), \(numbers.upperBound)) i"
    )
  }

  /// Events of the test on a node, in order.
  func events(_ node: String) async throws -> String {
    try await psql(
      node, "select string_agg(ev_data, ',' order by ev_data::int) from pgq.event_template where ev_type = 't'")
  }

  func expectEvents(_ node: String, _ numbers: [Int]) async throws {
    let wanted = numbers.map(String.init).joined(separator: ",")
    do {
      try await pollUntil("\(node) to have \(wanted)") { try await events(node) == wanted }
    } catch {
      let found = try await events(node)
      let state = try await psql(
        node, "select row_to_json(n) from pgq_node.get_node_info('q') n; select cur_error from pgq_node.local_state")
      Issue.record("\(node) has \(found); \(state)")
      throw error
    }
  }

  /// Lends a look at the nodes from one of them.
  func cascade<Value: Sendable>(
    from node: String, renaming: (old: String, new: String)? = nil, _ body: (Cascade) async throws -> Value
  ) async throws -> Value {
    let cascade = Cascade(
      queue: "q", local: PostgresConfiguration(databases[node]?.connectionString ?? ""), renaming: renaming,
      logger: Logger(label: "test"))
    do {
      let value = try await body(cascade)
      await cascade.close()
      return value
    } catch {
      await cascade.close()
      throw error
    }
  }

  /// Carries a plan out; after each step that changes something, the process that does so is gone and another one goes on.
  ///
  /// - Returns: the steps.
  @discardableResult
  func runBrokenOff(
    _ plan: some CascadePlan, from node: String, renaming: (old: String, new: String)? = nil
  ) async throws -> [CascadeStep] {
    var steps: [CascadeStep] = []
    while true {
      let step = try await cascade(from: node, renaming: renaming) { cascade -> CascadeStep? in
        while true {
          let snapshot = try await cascade.look()
          guard let step = try plan.next(snapshot) else { return nil }
          if case .wait = step {
            try await Task.sleep(for: .milliseconds(50))
          } else {
            try await cascade.perform(step, in: snapshot)
            return step
          }
        }
      }
      guard let step else { return steps }
      steps.append(step)
      try #require(steps.count < 100, "the plan does not come to an end")
    }
  }

  /// The database of a node answers no more, until ``revive(_:)``.
  func lose(_ node: String) async throws {
    guard let lost = databases[node], let other = databases.first(where: { $0.key != node })?.value else { return }
    try await other.psql(
      """
      alter database "\(lost.name)" with allow_connections false;
      select pg_terminate_backend(pid) from pg_stat_activity where datname = '\(lost.name)';
      """)
  }

  func revive(_ node: String) async throws {
    guard let lost = databases[node], let other = databases.first(where: { $0.key != node })?.value else { return }
    try await other.psql("alter database \"\(lost.name)\" with allow_connections true;")
  }
}
