import EventFormats
import Glibc
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// The worker is killed at every stage of its copy. The next one goes on with what is left, and nothing is lost: no row, no
/// index, no constraint.
@Suite struct CopyCrashTests {
  /// Where the worker waits when it is killed.
  enum Stage: CaseIterable, Sendable {
    /// When it takes the indexes off.
    case parking
    /// In the middle of the rows.
    case moving
    /// When it makes an index again.
    case building
    /// When it makes indexes constraints again.
    case attaching
    /// When it writes down that the table is copied.
    case completing
    /// When it makes foreign keys again.
    case linking

    /// What holds it up, once it is in the middle of the rows; `nil`: it is held up before or there.
    var lock: String? {
      switch self {
      case .parking, .moving: nil
      case .building: "begin; lock table item in row exclusive mode"
      case .attaching: "begin; lock table item in access share mode"
      case .completing: "begin; lock table trunkline.copied_table in exclusive mode"
      case .linking: "begin; lock table note in row exclusive mode"
      }
    }
  }

  /// The copy of `item` waits before the row of number 6000, of 8000. Every row is counted, for good.
  static let gate = """
    create sequence seen;
    create function gate() returns trigger language plpgsql as $$ begin
      perform nextval('seen');
      if new.id = 6000 then perform pg_advisory_xact_lock_shared(1); end if;
      return new; end $$;
    create trigger gate before insert on item for each row execute function gate();
    alter table item enable always trigger gate;
    """

  private static func start(_ fixture: ReplicationFixture) throws -> RunningProgram {
    try TrunklineProgram.command(
      [
        "replicate", "--db", fixture.source.connectionString, "--target", fixture.target.connectionString, "--queue",
        "changes", "--copy",
      ] + CopyFixture.arguments
    ).start()
  }

  /// Starts a worker and kills it at the stage.
  private func kill(at stage: Stage, _ fixture: ReplicationFixture) async throws {
    try await fixture.target.withConnection { gate in
      try await fixture.target.withConnection { blocker in
        if stage == .parking {
          try await blocker.execute("begin; lock table item in access share mode")
        } else {
          try await gate.execute("select pg_advisory_lock(1)")
        }
        let worker = try Self.start(fixture)
        try await FailurePointTests.waitUntilBlocked(fixture.target)
        if stage != .parking {
          try await pollUntil("most of the other rows") {
            try await Int(fixture.target.value("select count(*)::text from item")) ?? 0 > 5000
          }
        }
        if stage != .parking {
          try await pollUntil("the other tables") {
            try await fixture.target.value("select count(*)::text from trunkline.copied_table") == "2"
          }
        }
        if let lock = stage.lock {
          try await blocker.execute(lock)
          try await gate.execute("select pg_advisory_unlock(1)")
          let pid = blocker.backendPID
          try await pollUntil("the worker to wait for the lock") {
            try await fixture.target.value(
              "select count(*)::text from pg_stat_activity where \(pid) = any (pg_blocking_pids(pid))") != "0"
          }
        }
        worker.send(signal: SIGKILL)
        _ = try await worker.waitForExit()
        _ = try? await blocker.execute("rollback")
        try await gate.execute("select pg_advisory_unlock_all()")
        try await pollUntil("the sessions of the killed worker to end") {
          try await fixture.target.value(
            """
            select count(*)::text from pg_stat_activity
            where application_name = 'trunkline replicate' and datname = current_database()
            """) == "0"
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: Stage.allCases)
  func killedCopyGoesOnAndLosesNothing(_ stage: Stage) async throws {
    try await ReplicationFixture.withOwnCluster(
      tables: CopyFixture.tables, onTarget: Self.gate, captured: CopyFixture.captured
    ) { fixture in
      try await fixture.source.run(CopyFixture.rows(8000))
      let before = try await fixture.target.value(CopyFixture.catalog)
      try await kill(at: stage, fixture)

      // Room for rows in blocks that are copied already; then rows change and move there, some without an event, and unique
      // values go from row to row.
      try await fixture.source.run("delete from item where id between 1000 and 1500 or (id % 11 = 0 and id > 300)")
      try await fixture.source.run("vacuum item")
      try await fixture.source.run(
        """
        alter table item disable trigger user; update item set v = v where id between 6000 and 6060;
        do $$ declare t name; begin
          for t in select tgname from pg_trigger where tgrelid = 'item'::regclass and not tgisinternal loop
            execute format('alter table item enable always trigger %I', t);
          end loop; end $$;
        update item set code = code || '!' where id between 5900 and 5999;
        update item set code = 'code ' || id + 1 where id between 5900 and 5998;
        update item set v = v || ' moved' where id % 7 = 0 and id < 5800;
        insert into item (owner, code, span) select 1, 'new ' || g, int4range(10000 + g, 10001 + g) from generate_series(1, 200) g;
        """)
      let seenBefore = try await rowsSeen(fixture)
      let second = try Self.start(fixture)
      try await pollUntil("the copy", timeout: .seconds(60)) {
        try await fixture.target.value("select count(*)::text from trunkline.copied_table") == "3"
      }
      let copiedAgain = try await rowsSeen(fixture) - seenBefore
      try await fixture.waitUntilApplied()
      // What waited for the rows to be in line is back as well.
      try await fixture.source.run("insert into owner values (1000, 'last')")
      try await fixture.waitUntilApplied()
      try await pollUntil("everything to be put back") {
        try await fixture.target.value("select count(*)::text from trunkline.parked_ddl") == "0"
      }
      try await second.terminate()
      try await fixture.expectEqual("owner", "item", "note")
      #expect(try await fixture.target.value(CopyFixture.catalog) == before)
      switch stage {
      case .parking: #expect(copiedAgain > 7000)
      // Most of the 8000 rows were there; those that were written since came again.
      case .moving: #expect(copiedAgain < 5000, "copied \(copiedAgain) rows again")
      default: #expect(copiedAgain == 0)
      }
    }
  }

  /// Rows that were ever written into the target's table, by transactions that were rolled back, too.
  private func rowsSeen(_ fixture: ReplicationFixture) async throws -> Int {
    Int(try await fixture.target.value("select last_value::text from seen")) ?? 0
  }

  @Test(.timeLimit(.minutes(1))) func whatAnAbandonedCopyParkedIsPutBackByHand() async throws {
    try await ReplicationFixture.withOwnCluster(
      tables: CopyFixture.tables, onTarget: Self.gate, captured: CopyFixture.captured
    ) { fixture in
      try await fixture.source.run(CopyFixture.rows(8000))
      let before = try await fixture.target.value(CopyFixture.catalog)
      try await kill(at: .moving, fixture)
      #expect(try await fixture.target.value(CopyFixture.catalog) != before)
      let restore = ["table", "restore", "--db", fixture.target.connectionString]
      let planned = try await TrunklineProgram.command(restore + ["--dry-run"]).run()
      #expect(planned.standardOutput.contains("add constraint item_key primary key using index item_key"))
      #expect(try await fixture.target.value("select (count(*) > 0)::text from trunkline.parked_ddl") == "true")
      let restored = try await TrunklineProgram.command(restore + ["--json"]).run()
      #expect(restored.standardOutput.contains("\"restored\""), "\(restored)")
      #expect(try await fixture.target.value("select count(*)::text from trunkline.parked_ddl") == "0")
      // The incomplete rows contradict none of it.
      #expect(try await fixture.target.value(CopyFixture.catalog) == before)
    }
  }
}
