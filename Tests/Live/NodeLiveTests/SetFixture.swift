import EventQueue
import Logging
import NodeCascade
import PostgresClient
import PostgresTesting
import SchemaInstaller
import TableReplication
import Testing

/// Databases that are nodes of set `s`, made by us, and their workers.
struct SetFixture: Sendable {
  struct Node: Sendable {
    let name: String
    let database: TestDatabase
  }

  let nodes: [Node]

  /// Lends nodes: the first is the root; each of the others has its type and provider.
  ///
  /// - Parameters:
  ///   - tables: run on every node; `set` names the tables that are part of the set and in sync on every node.
  ///   - flags: of the triggers, see `londiste.create_trigger`.
  ///   - isAlone: on a cluster of their own, for tests that wait until all transactions of a moment have ended: those of other
  ///     tests count, in whatever database.
  static func with(
    _ shape: [(name: String, type: NodeType, provider: String)] = [
      ("branch", .branch, "root"), ("leaf", .leaf, "branch"),
    ],
    tables: String = "", set: [String] = [], flags: String = "AIUDL", isAlone: Bool = false,
    _ body: (SetFixture) async throws -> Void
  ) async throws {
    guard !isAlone else {
      return try await PrivateCluster.with { cluster in
        try await with(shape, tables: tables, set: set, flags: flags, on: cluster, body)
      }
    }
    try await with(shape, tables: tables, set: set, flags: flags, on: nil, body)
  }

  private static func with(
    _ shape: [(name: String, type: NodeType, provider: String)], tables: String, set: [String], flags: String,
    on cluster: PrivateCluster?, _ body: (SetFixture) async throws -> Void
  ) async throws {
    try await withDatabases(shape.count + 1, [], on: cluster) { databases in
      let names = ["root"] + shape.map(\.name)
      let fixture = SetFixture(nodes: zip(names, databases).map { Node(name: $0, database: $1) })
      for node in fixture.nodes { try await node.database.run(tables) }
      try await fixture.create(.root, "root", provider: nil)
      for table in set {
        try await fixture.root.run("select londiste.local_add_table('s', '\(table)', '{tgflags=\(flags)}')")
      }
      for node in shape { try await fixture.create(node.type, node.name, provider: node.provider) }
      try await fixture.settle()
      for node in shape {
        for table in set {
          try await fixture[node.name].run("select londiste.local_add_table('s', '\(table)', '{expect_sync}')")
        }
      }
      try await body(fixture)
    }
  }

  private static func withDatabases(
    _ count: Int, _ made: [TestDatabase], on cluster: PrivateCluster?,
    _ body: ([TestDatabase]) async throws -> Void
  ) async throws {
    guard made.count < count else { return try await body(made) }
    guard let cluster else {
      return try await withDatabase { database in
        try await withDatabases(count, made + [database], on: nil, body)
      }
    }
    try await cluster.withDatabase { database in
      try await database.withConnection { _ = try await SchemaInstaller().install(on: $0) }
      try await withDatabases(count, made + [database], on: cluster, body)
    }
  }

  subscript(_ name: String) -> TestDatabase {
    guard let node = nodes.first(where: { $0.name == name }) else { return nodes[0].database }
    return node.database
  }

  var root: TestDatabase { nodes[0].database }

  func create(_ type: NodeType, _ name: String, provider: String?) async throws {
    var creation = NodeCreation(
      queue: "s", type: type, name: name, publicLocation: self[name].connectionString, worker: "w_\(name)")
    creation.provider = provider.map { self[$0].connectionString }
    creation.checksLocation = false
    _ = try await creation.run(
      local: PostgresConfiguration(self[name].connectionString), logger: quietLogger
    ) { _ in }
  }

  // MARK: Workers

  func worker(_ name: String) -> NodeWorker {
    let replication = SetReplication(logger: quietLogger)
    var worker = NodeWorker(
      database: PostgresConfiguration(self[name].connectionString, applicationName: "trunkline replicate"), queue: "s",
      logger: quietLogger
    ) { try await replication.start($0) }
    worker.retryPolicy = ReconnectPolicy(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(200))
    worker.pollInterval = .milliseconds(100)
    return worker
  }

  /// Makes a tick on the root after everything committed so far.
  @discardableResult
  func tick(on name: String = "root") async throws -> Int64 {
    Int64(try await self[name].value("select tick_id::text from pgq._make_tick('s')")) ?? 0
  }

  /// Waits until the worker of a node has brought in everything up to a tick.
  func waitUntil(_ name: String, isAt tick: Int64) async throws {
    try await self[name].withConnection { connection in
      try await pollUntil("\(name) to come to tick \(tick)", timeout: .seconds(60)) {
        // The tick of a branch is made after the transaction of its batch.
        try await connection.query(
          """
          select l.last_tick_id >= \(tick) and (n.node_type = 'leaf' or exists (
              select 1 from pgq.tick t join pgq.queue q on q.queue_id = t.tick_queue
              where q.queue_name = 's' and t.tick_id >= \(tick)))
          from pgq_node.local_state l join pgq_node.node_info n on n.queue_name = l.queue_name and n.worker_name = l.consumer_name
          where l.queue_name = 's'
          """
        ).first?.decode(0, as: Bool.self) ?? false
      }
    }
  }

  /// The set, seen from a node.
  func cascade(_ name: String) -> Cascade {
    Cascade(queue: "s", local: PostgresConfiguration(self[name].connectionString), logger: quietLogger)
  }

  /// Makes a tick on the root and brings every node there, one after the other.
  func settle() async throws {
    try await tick()
    for node in nodes { try await worker(node.name).drain() }
  }

  /// Runs SQL on the root, and brings every node up to it.
  func change(_ sql: String) async throws {
    try await root.run(sql)
    try await settle()
  }

  /// Runs workers of these nodes while `body` works.
  func running(
    _ names: [String], watermarkInterval: Duration = .seconds(300), _ body: () async throws -> Void
  ) async throws {
    let tasks = names.map { name in
      var worker = worker(name)
      worker.watermarkInterval = watermarkInterval
      return Task { [worker] in try await worker.run() }
    }
    let result: Result<Void, any Error>
    do {
      try await body()
      result = .success(())
    } catch {
      result = .failure(error)
    }
    for task in tasks { task.cancel() }
    for task in tasks { _ = await task.result }
    try result.get()
  }

  // MARK: Expectations

  /// All rows of a table on a node, in the order of their text.
  func rows(_ table: String, on name: String) async throws -> String {
    try await self[name].value("select string_agg(t::text, ' ' order by t::text) from \(table) t")
  }

  /// Expects a table to be the same on all nodes.
  func expectEqual(_ tables: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
    for table in tables {
      let wanted = try await rows(table, on: "root")
      for node in nodes.dropFirst() {
        let found = try await rows(table, on: node.name)
        #expect(found == wanted, "\(table) on \(node.name)", sourceLocation: sourceLocation)
      }
    }
  }

  /// Expects a branch to hold the events and ticks that the root has since the branch was made.
  func expectSameQueue(on name: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let first = try await self[name].value("select min(tick_id)::text from pgq.tick")
    let ticks = """
      select string_agg(concat_ws('/', tick_id, extract(epoch from tick_time), tick_event_seq), ' ' order by tick_id)
      from pgq.tick where tick_id > \(first)
      """
    #expect(
      try await self[name].value(ticks) == root.value(ticks), "ticks of \(name)", sourceLocation: sourceLocation)
    let (low, high) = (
      try await self[name].value("select min(ev_id)::text from pgq.event_template"),
      try await self[name].value("select max(tick_event_seq)::text from pgq.tick")
    )
    let events = """
      select string_agg(concat_ws('/', ev_id, extract(epoch from ev_time), ev_retry, ev_type, ev_data, ev_extra1, ev_extra2,
          ev_extra3, ev_extra4), ' ' order by ev_id)
      from pgq.event_template where ev_id between \(low) and \(high)
      """
    #expect(
      try await self[name].value(events) == root.value(events), "events of \(name)", sourceLocation: sourceLocation)
  }
}

let quietLogger = {
  var logger = Logger(label: "test")
  logger.logLevel = .critical
  return logger
}()
