import Logging
import PostgresClient
import PostgresTesting
import Synchronization
import TableComparison
import TableReplication
import Testing

/// The endless comparison: no false alarm, no drift missed, and a restart goes on where it was.
@Suite struct VerificationTests {
  /// What a verification reported.
  final class Reports: Sendable {
    private let drifts = Mutex<[TableDifference]>([])
    private let rounds = Mutex<[String]>([])

    var found: [TableDifference] { drifts.withLock { $0 } }
    var finished: [String] { rounds.withLock { $0 } }

    func add(_ report: TableVerification.Report) {
      switch report {
      case .drift(let difference): drifts.withLock { $0.append(difference) }
      case .finished(let table, let round, let rows, let drifted):
        rounds.withLock { $0.append("\(table) \(round) \(rows) \(drifted)") }
      }
    }
  }

  private func verification(
    _ fixture: ReplicationFixture, _ reports: Reports, tables: [String] = AlignedComparisonTests.captured
  ) throws -> TableVerification {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    var verification = TableVerification(
      jobs: try tables.map { .init(databases: fixture.databases(), table: try .named($0)) }, name: "test",
      logger: logger)
    verification.rowsPerSecond = 0
    verification.chunkRows = 300
    verification.interval = .zero
    verification.rounds = 1
    verification.onReport = { reports.add($0) }
    return verification
  }

  private func expect(
    _ drifted: Int, _ verification: TableVerification, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let found = try await verification.run()
    #expect(found == drifted, sourceLocation: sourceLocation)
  }

  @Test(.timeLimit(.minutes(2))) func loadRaisesNoAlarmAndDriftIsFoundUnderIt() async throws {
    try await ReplicationFixture.with(
      tables: ReplicationFixture.loadTables, captured: AlignedComparisonTests.captured
    ) { fixture in
      try await fixture.fillLoadTables()
      try await fixture.worker().drain()
      try await fixture.change("insert into account values (20000, 1, 'still'), (20001, 1, 'still')")
      let (quiet, alarmed) = (Reports(), Reports())
      try await fixture.underLoad {
        var verification = try verification(fixture, quiet)
        verification.rounds = 3
        try await expect(0, verification)
        try await fixture.target.run("update account set balance = 2 where id = 20001")
        try await expect(1, self.verification(fixture, alarmed))
      }
      #expect(quiet.found.isEmpty, "\(quiet.found)")
      #expect(quiet.finished.count == 6)
      #expect(alarmed.found.map(\.rows) == [[DifferingRow(.changed, key: ["20001"])]])
      #expect(alarmed.found.first?.tick != nil)
    }
  }

  @Test func aRestartGoesOnWhereItWas() async throws {
    try await ReplicationFixture.with(tables: ReplicationFixture.loadTables, captured: ["account"]) { fixture in
      try await fixture.fillLoadTables()
      try await fixture.worker().drain()
      try await fixture.target.run("update account set note = 'bad' where id in (2, 2999)")
      // as a verification leaves it that is killed in the middle
      try await fixture.target.run(
        """
        insert into trunkline.verification (verification, table_name, position, round, rows, drifted)
        values ('test', 'public.account', '{1500}', 4, 1500, 1)
        """)
      let reports = Reports()
      try await running(fixture.worker()) {
        try await expect(1, verification(fixture, reports, tables: ["account"]))
      }
      #expect(reports.found.flatMap(\.rows) == [DifferingRow(.changed, key: ["2999"])])
      #expect(reports.finished == ["public.account 4 3000 2"])
      let stored = try await fixture.target.value(
        "select concat_ws(' ', round, rows, last_rows, last_drifted, position is null) from trunkline.verification")
      #expect(stored == "5 0 3000 2 t")
      try await running(fixture.worker()) {
        try await expect(2, verification(fixture, reports, tables: ["account"]))
      }
    }
  }

  @Test func tablesThatCannotBeWalkedAreVerifiedAsOnePiece() async throws {
    let tables = "create table t (k text[] primary key, v text);"
    try await ReplicationFixture.with(tables: tables, captured: ["t"]) { fixture in
      try await fixture.worker().drain()
      try await fixture.change("insert into t select array[g::text], 'v' from generate_series(1, 500) g")
      let reports = Reports()
      try await running(fixture.worker()) {
        try await expect(0, verification(fixture, reports, tables: ["t"]))
        try await fixture.target.run("delete from t where k = '{7}'")
        try await expect(1, verification(fixture, reports, tables: ["t"]))
      }
      #expect(reports.finished == ["public.t 1 500 0", "public.t 2 500 1"])
    }
  }
}
