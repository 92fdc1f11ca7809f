import EventFormats
import Glibc
import PostgresClient
import PostgresTesting
import SchemaInstaller
import TableComparison
import Testing

/// Workers, ticker and both servers are killed at random while rows are written. At the end nothing is lost or doubled.
///
/// The seed is printed; `TRUNKLINE_SEED` repeats a run's decisions, `TRUNKLINE_CRASHES` sets their number.
@Suite struct CrashLiveTests {
  /// Who is hit, and how.
  private enum Blow: CaseIterable {
    case killWorker, killTicker, crashSource, crashTarget, cutSessions
  }

  /// `counted` has no unique key in the target and its rows arrive as plain inserts, so a row that came twice would show.
  private static let tables = """
    create table account (id int primary key, owner text unique deferrable, balance numeric not null);
    create table ledger (id bigint generated always as identity primary key, account int not null, amount numeric);
    """

  private static let captured = ["public.account", "public.ledger"]

  @Test(.timeLimit(.minutes(5))) func killingAnythingAtAnyMomentLosesAndDoublesNothing() async throws {
    let seed = environment("TRUNKLINE_SEED").flatMap { UInt64($0) } ?? UInt64.random(in: 1...1_000_000)
    print("crash test: TRUNKLINE_SEED=\(seed)")
    var random = SeededGenerator(seed: seed)
    let crashes = environment("TRUNKLINE_CRASHES").flatMap { Int($0) } ?? 10
    let source = try await PrivateCluster.boot(ClusterConfiguration(durable: true))
    let target = try await PrivateCluster.boot(ClusterConfiguration(durable: true))
    try await prepare(source, target)

    let writer = Task { try await write(source) }
    var ticker = try startTicker(source)
    var worker = try startWorker(source, target)
    for _ in 0..<crashes {
      // Each blow falls once some more events have been applied: at another point of the work every time.
      let applied = try await appliedEvents(target)
      let more = Int64.random(in: 1...400, using: &random)
      try await pollUntil("\(more) more events", timeout: .seconds(60)) {
        try await appliedEvents(target) >= applied + more
      }
      switch Blow.allCases.randomElement(using: &random) ?? .killWorker {
      case .killWorker:
        worker.send(signal: SIGKILL)
        _ = try await worker.waitForExit()
        worker = try startWorker(source, target)
      case .killTicker:
        ticker.send(signal: SIGKILL)
        _ = try await ticker.waitForExit()
        ticker = try startTicker(source)
      case .crashSource: try await source.restart(.immediate)
      case .crashTarget: try await target.restart(.immediate)
      case .cutSessions:
        for cluster in [source, target] {
          _ = try await PostgresTools(cluster: cluster).tryPsql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name like 'trunkline%';")
        }
      }
    }
    writer.cancel()
    let committed = try await writer.value

    try await waitForTheEnd(source, target)
    try await worker.terminate()
    try await ticker.terminate()
    for table in Self.captured {
      let difference = try await compare(table, source, target)
      #expect(difference.count == 0, "seed \(seed): \(difference)")
      #expect(difference.sourceRows > 0)
    }
    // Nothing that the server confirmed is missing, and the events were counted once each.
    let ledger = try await number("select count(*) from ledger", source)
    #expect(ledger >= committed)
    #expect(try await number("select count(*) - count(distinct id) from ledger", target) == 0)
    let inserted = try await number("select count(*) from ledger where account > 0", target)
    #expect(inserted == ledger)
    await source.remove()
    await target.remove()
  }

  // MARK: The world

  private func prepare(_ source: PrivateCluster, _ target: PrivateCluster) async throws {
    for cluster in [source, target] {
      let connection = try await PostgresConnection.connect(PostgresConfiguration(cluster.connectionString()))
      _ = try await SchemaInstaller().install(on: connection)
      try await connection.execute(Self.tables)
      await connection.close()
    }
    let tools = PostgresTools(cluster: source)
    try await tools.psql("select pgq.create_queue('changes');")
    for table in Self.captured { try await tools.psql("select trunkline.capture_add('\(table)', 'changes');") }
    try await tools.psql("insert into account select g, 'owner ' || g, 0 from generate_series(1, 100) g;")
    // What is there before the worker begins comes with the copy.
    try await tools.psql("insert into ledger (account, amount) select 1 + g % 100, 0 from generate_series(1, 1000) g;")
  }

  /// Writes until cancelled, through crashes of the server; returns the number of ledger rows whose commit was confirmed.
  private func write(_ source: PrivateCluster) async throws -> Int64 {
    var confirmed: Int64 = 0
    var connection: PostgresConnection?
    var round = 0
    while !Task.isCancelled {
      round += 1
      do {
        if connection == nil {
          connection = try await PostgresConnection.connect(
            PostgresConfiguration(source.connectionString(), applicationName: "writer"))
        }
        let (from, to) = (1 + round * 7 % 100, 1 + round * 13 % 100)
        try await connection?.execute(
          """
          begin;
          update account set balance = balance - 1 where id = \(from);
          update account set balance = balance + 1 where id = \(to);
          insert into ledger (account, amount) values (\(from), -1), (\(to), 1);
          \(round % 10 == 0 ? "update account set id = id + 1000 where id = \(from); update account set id = id - 1000 where id = \(from) + 1000;" : "")
          \(round % 17 == 0 ? "set constraints all deferred; update account set owner = (select min(o.owner) from account o where o.id in (\(from), \(to)) and o.id <> account.id) where id in (\(from), \(to)) and \(from) <> \(to);" : "")
          commit;
          """)
        confirmed += 2
      } catch is CancellationError {
        break
      } catch {
        await connection?.close()
        // The server crashed, or the swap met a conflict: what was not confirmed may be there or not.
        connection = nil
      }
    }
    return confirmed
  }

  private func startTicker(_ source: PrivateCluster) throws -> RunningProgram {
    try TrunklineProgram.command(["ticker", "--db", source.connectionString(), "--standby-period", "100ms"]).start()
  }

  private func startWorker(_ source: PrivateCluster, _ target: PrivateCluster) throws -> RunningProgram {
    try TrunklineProgram.command([
      "replicate", "--db", source.connectionString(), "--target", target.connectionString(), "--queue", "changes",
      "--copy",
    ]).start()
  }

  private func appliedEvents(_ target: PrivateCluster) async throws -> Int64 {
    let output = try await PostgresTools(cluster: target).tryPsql(
      "select coalesce(sum(events), 0) from trunkline.position;")
    return Int64(output.trimmed) ?? 0
  }

  private func waitForTheEnd(_ source: PrivateCluster, _ target: PrivateCluster) async throws {
    try await PostgresTools(cluster: source).psql("insert into ledger (account, amount) values (100, 42);")
    try await pollUntil("the last row to arrive", timeout: .seconds(90), interval: .milliseconds(50)) {
      try await number("select count(*) from ledger where amount = 42", target) == 1
    }
  }

  private func number(_ query: String, _ cluster: PrivateCluster) async throws -> Int64 {
    Int64(try await PostgresTools(cluster: cluster).tryPsql("\(query);").trimmed) ?? -1
  }

  private func compare(
    _ table: String, _ source: PrivateCluster, _ target: PrivateCluster
  ) async throws -> TableDifference {
    let left = try await PostgresConnection.connect(PostgresConfiguration(source.connectionString()))
    let right = try await PostgresConnection.connect(PostgresConfiguration(target.connectionString()))
    return try await TableComparison(table: ComparedTable(try QualifiedName(parsing: table))).run(left, right)
  }

  private func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// Repeatable random numbers (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
