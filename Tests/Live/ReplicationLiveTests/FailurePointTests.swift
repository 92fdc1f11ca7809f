import Glibc
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// The worker process is killed at chosen points of its work, each reached by a lock that it waits for.
@Suite struct FailurePointTests {
  /// Where the worker waits when it is killed.
  enum Point: CaseIterable, Sendable {
    /// While it reads the events at the source.
    case reading
    /// In the middle of the target's transaction.
    case writing
    /// In the target's COMMIT, which the server completes after the worker's death.
    case committing
    /// Between the target's commit and the end of the batch at the source.
    case finishing

    var isAtSource: Bool { self == .reading || self == .finishing }

    var lock: String {
      switch self {
      case .reading: "begin; lock table pgq.event_template in access exclusive mode"
      case .writing: "begin; lock table t in access exclusive mode"
      case .committing: "begin; select pg_advisory_xact_lock(1)"
      case .finishing: "begin; select * from trunkline.consumer_lease for update"
      }
    }
  }

  static let tables = "create table t (id int primary key, v text);"
  /// Counts every row that is written into the target, rolled-back ones left out; the commit can be held up.
  static let audit = """
    create table audit (op text, id int);
    create function audit() returns trigger language plpgsql as $$ begin
      insert into audit values (tg_op, new.id); return null; end $$;
    create function gate() returns trigger language plpgsql as $$ begin
      perform pg_advisory_xact_lock(1); return null; end $$;
    create trigger audit after insert or update on t for each row execute function audit();
    create constraint trigger gate after insert on t deferrable initially deferred for each row execute function gate();
    alter table t enable always trigger audit; alter table t enable always trigger gate;
    """

  @Test(.timeLimit(.minutes(2)), arguments: Point.allCases, [10, 3000])
  func killedWorkerLosesAndDoublesNothing(_ point: Point, _ rows: Int) async throws {
    try await ReplicationFixture.with(tables: Self.tables, onTarget: Self.audit, captured: ["t"]) { fixture in
      try await fixture.worker().drain()
      let side = point.isAtSource ? fixture.source : fixture.target
      var worker = try Self.start(fixture)
      try await side.withConnection { blocker in
        // The worker is idle when the lock is taken.
        try await fixture.waitUntilApplied()
        try await fixture.source.run("insert into t select g, 'v' from generate_series(1, \(rows)) g")
        try await blocker.execute(point.lock)
        try await fixture.source.run("select pgq._make_tick('changes')")
        try await Self.waitUntilBlocked(side)
        worker.send(signal: SIGKILL)
        _ = try await worker.waitForExit()
        try await blocker.execute("rollback")
      }
      worker = try Self.start(fixture)
      try await fixture.source.run("insert into t values (0, 'last')")
      try await fixture.waitUntilApplied()
      try await worker.terminate()
      try await fixture.expectEqual("t")
      #expect(
        try await fixture.target.value("select count(*) || ' ' || count(distinct id) from audit")
          == "\(rows + 1) \(rows + 1)")
      #expect(try await fixture.target.value("select events::text from trunkline.position") == "\(rows + 1)")
    }
  }

  static func start(_ fixture: ReplicationFixture) throws -> RunningProgram {
    try TrunklineProgram.command([
      "replicate", "--db", fixture.source.connectionString, "--target", fixture.target.connectionString, "--queue",
      "changes",
    ]).start()
  }

  static func waitUntilBlocked(_ side: TestDatabase) async throws {
    try await side.withConnection { observer in
      try await pollUntil("the worker to wait for the lock") {
        try await !observer.query(
          """
          select 1 from pg_stat_activity where application_name = 'trunkline replicate' and wait_event_type = 'Lock'
            and datname = current_database()
          """
        ).isEmpty
      }
    }
  }
}
