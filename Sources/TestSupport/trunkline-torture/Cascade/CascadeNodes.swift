import Foundation
import PostgresClient
import PostgresTesting
import SchemaInstaller
import Synchronization

/// Three servers, the nodes of a set, and the programs that keep them up to date.
actor CascadeNodes {
  static let queue = "torture"
  static let names = ["a", "b", "c"]

  nonisolated let clusters: [String: PrivateCluster]
  private let trunkline: String
  private var workers: [String: RunningProgram] = [:]
  private var ticker: RunningProgram?
  /// The node that takes writes, as far as is known.
  private nonisolated let writable = Mutex("a")

  private init(_ clusters: [String: PrivateCluster], _ trunkline: String) {
    self.clusters = clusters
    self.trunkline = trunkline
  }

  static func boot(trunkline: String) async throws -> CascadeNodes {
    var clusters: [String: PrivateCluster] = [:]
    for name in names { clusters[name] = try await PrivateCluster.boot(ClusterConfiguration(durable: true)) }
    return CascadeNodes(clusters, trunkline)
  }

  /// The node to write to.
  nonisolated var root: String {
    get { writable.withLock { $0 } }
    set { writable.withLock { $0 = newValue } }
  }

  nonisolated func connection(_ node: String) -> String { clusters[node]?.connectionString() ?? "" }

  /// Makes the nodes, gives them tables, and starts the programs.
  func prepare() async throws {
    for name in Self.names {
      let database = try await PostgresConnection.connect(PostgresConfiguration(connection(name)))
      _ = try await SchemaInstaller().install(on: database)
      if name == "a" { try await database.execute(CascadeTables.definitions) }
      await database.close()
    }
    try await run(["node", "create-root", "--db", connection("a"), "--queue", Self.queue, "a"])
    try await run([
      "node", "create-branch", "--db", connection("b"), "--queue", Self.queue, "b", "--provider", connection("a"),
    ])
    try await run([
      "node", "create-leaf", "--db", connection("c"), "--queue", Self.queue, "c", "--provider", connection("b"),
    ])
    try await run(["table", "add", "--db", connection("a"), "--queue", Self.queue] + CascadeTables.names)
    for name in Self.names { try start(worker: name) }
    try startTicker()
    for name in ["b", "c"] {
      try await run(
        ["table", "add", "--db", connection(name), "--queue", Self.queue, "--create-full"] + CascadeTables.names)
      // Who makes tables by the example of a node waits until its copies are whole.
      guard name == "b" else { continue }
      try await run(["table", "wait-sync", "--db", connection(name), "--queue", Self.queue])
      try await comeBack(name)
    }
  }

  /// Runs a command of the program to its end.
  ///
  /// - Throws: `CascadeTrouble` with what it said.
  func run(_ arguments: [String], timeout: Duration = .seconds(120)) async throws {
    let output = try await Program([trunkline] + arguments).run(timeout: timeout)
    guard output.status == 0 else {
      throw CascadeTrouble("trunkline \(arguments.joined(separator: " ")): \(output.standardError)")
    }
  }

  /// Starts a command of the program.
  func start(_ arguments: [String]) throws -> RunningProgram { try Program([trunkline] + arguments).start() }

  private func start(worker name: String) throws {
    workers[name] = try start(["replicate", "--db", connection(name), "--queue", Self.queue])
  }

  private func startTicker() throws {
    ticker = try start(["ticker"] + Self.names.flatMap { ["--db", connection($0)] } + ["--maint-period", "2s"])
  }

  // MARK: Blows

  func kill(worker name: String) async throws {
    workers[name]?.send(signal: SIGKILL)
    _ = try await workers[name]?.waitForExit()
    try start(worker: name)
  }

  /// Two workers of one node at once, for a moment.
  func double(worker name: String) async throws {
    let first = workers[name]
    try start(worker: name)
    _ = try await first?.waitForExit(timeout: .seconds(60))
  }

  func killTicker() async throws {
    ticker?.send(signal: SIGKILL)
    _ = try await ticker?.waitForExit()
    try startTicker()
  }

  func crash(_ name: String) async throws { try await clusters[name]?.restart(.immediate) }

  func cutSessions(_ name: String) async throws {
    guard let cluster = clusters[name] else { return }
    _ = try await PostgresTools(cluster: cluster).tryPsql(
      "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid()")
  }

  // MARK: The end

  /// Makes sure that all programs run, and waits until every node has everything.
  func settle() async throws {
    for name in Self.names where workers[name]?.isRunning != true { try start(worker: name) }
    if ticker?.isRunning != true { try startTicker() }
    for name in Self.names { try await run(["node", "resume", "--db", connection(name), "--queue", Self.queue]) }
    for name in ["a", "b", "c"] {
      try await run(
        ["table", "wait-sync", "--db", connection(name), "--queue", Self.queue, "--timeout", "180s"],
        timeout: .seconds(240))
      try await run(
        ["node", "wait", "--root", "--db", connection(name), "--queue", Self.queue, "--timeout", "180s"],
        timeout: .seconds(240))
      try await comeBack(name)
    }
  }

  /// Waits for what a copy took away: it comes back when both tables of a foreign key are in sync.
  private func comeBack(_ name: String) async throws {
    let left = """
      select (select count(*) from londiste.pending_fkeys) + (select count(*) from trunkline.parked_ddl)
        + (select count(*) from londiste.table_info where dropped_ddl is not null)
        + (select count(*) from pg_constraint where connamespace = 'public'::regnamespace and not convalidated)
      """
    guard let cluster = clusters[name] else { return }
    try await pollUntil("indexes and keys of \(name) to come back", timeout: .seconds(60)) {
      try await PostgresTools(cluster: cluster).psql(left) == "0"
    }
  }

  /// The last words of the programs that run.
  func logTails() -> [String] {
    workers.sorted { $0.key < $1.key }.map { "worker of \($0.key): …\($0.value.standardError.suffix(1500))" }
      + [ticker.map { "ticker: …\($0.standardError.suffix(500))" } ?? ""]
  }

  func remove() async {
    for program in Array(workers.values) + [ticker].compactMap({ $0 }) { program.send(signal: SIGKILL) }
    for cluster in clusters.values { await cluster.remove() }
  }
}

/// What went wrong with the run itself.
struct CascadeTrouble: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
