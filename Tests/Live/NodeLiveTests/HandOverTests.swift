import EventFormats
import Glibc
import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Tables are copied and handed over to the worker, which goes on with the others meanwhile.
@Suite struct HandOverTests {
  static let tables = """
    create table a (id int primary key, v text, n int not null default 0, unique (v));
    create table b (id int primary key, v text, a int);
    create table c (id int, k text, v text, primary key (id, k));
    create table other (id int primary key, v text);
    create index b_v on b (v);
    """
  static let keys = "alter table b add constraint b_a foreign key (a) references a on delete cascade;"
  static let rows = """
    insert into a select g, 'v' || g from generate_series(1, 3000) g;
    insert into b select g, 'v' || g % 100, g from generate_series(1, 2000) g;
    insert into c select g, 'k', 'v' from generate_series(1, 2000) g;
    """
  /// Of each row of `a` the copy waits before that of number 1500.
  static let gate = """
    create function gate() returns trigger language plpgsql as $$ begin
      if new.id = 1500 then perform pg_advisory_xact_lock_shared(1); end if; return new; end $$;
    create trigger gate before insert on a for each row execute function gate();
    alter table a enable always trigger gate;
    """
  private static let catalog = """
    select string_agg(x, E'\\n' order by x) from (
      select pg_get_indexdef(indexrelid) x from pg_index where indrelid in ('a'::regclass, 'b'::regclass)
      union all select conname || pg_get_constraintdef(oid) || convalidated from pg_constraint
      where conrelid in ('a'::regclass, 'b'::regclass)) y
    """

  /// Tables of the set on all nodes; `copied` are to be copied to the leaf, `other` is in sync.
  static func with(
    _ copied: [String] = ["a", "b", "c"], onLeaf: String = "", attributes: String = "",
    _ body: (SetFixture) async throws -> Void
  ) async throws {
    try await SetFixture.with([("leaf", .leaf, "root")], tables: tables, set: ["other"], isAlone: true) { fixture in
      try await prepare(fixture, copied, onLeaf: onLeaf, attributes: attributes)
      try await body(fixture)
    }
  }

  private static func prepare(
    _ fixture: SetFixture, _ copied: [String], onLeaf: String, attributes: String
  ) async throws {
    try await fixture.root.run(rows)
    for table in copied { try await fixture.root.run("select londiste.local_add_table('s', '\(table)')") }
    try await fixture.settle()
    try await fixture["leaf"].run(onLeaf)
    for table in copied {
      try await fixture["leaf"].run(
        "select londiste.local_add_table('s', '\(table)', '{}', '\(attributes)')")
    }
  }

  private func traffic(_ fixture: SetFixture, transactions: Int) throws -> RunningProgram {
    try Program(
      [
        fixture.root.cluster.binaries.path("pgbench"), "-n", "-c", "3", "-t", "\(transactions)", "-f", "/dev/stdin",
      ], environment: fixture.root.cluster.environment(database: fixture.root.name),
      input: """
        \\set id random(1, 3000)
        update a set n = n + 1, v = 'v' || :id || '+' || n where id = :id;
        update b set v = v || '+' where id = :id;
        insert into c values (:id, 'new', 'x') on conflict (id, k) do update set v = c.v || '+';
        delete from c where id = :id + 500 and k = 'k';
        insert into other values (:id, 'x') on conflict (id) do update set v = other.v || '+';
        """
    ).start()
  }

  @Test(.timeLimit(.minutes(2))) func tablesAreHandedOverUnderTraffic() async throws {
    try await Self.with { fixture in
      for database in [fixture.root, fixture["leaf"]] { try await database.run(Self.keys) }
      let before = try await fixture["leaf"].value(Self.catalog)
      try await fixture.copying("leaf") {
        let writers = try traffic(fixture, transactions: 400)
        try await fixture.waitUntilAllOK(on: "leaf")
        let atHandOver = try await fixture["leaf"].value("select max(last_tick_id)::text from pgq_node.local_state")
        #expect(try await writers.waitForExit() == 0, "\(writers.standardError)")
        try await fixture.waitUntilApplied(on: "leaf")
        // The hand-over was in the middle of the traffic.
        #expect(try await fixture.root.value("select max(tick_id)::text from pgq.tick") != atHandOver)
        try await pollUntil("the foreign key to be back") {
          try await fixture["leaf"].value("select count(*)::text from londiste.pending_fkeys") == "0"
        }
        try await fixture.waitUntilCleared(on: "leaf")
      }
      try await fixture.expectEqual("a", "b", "c", "other")
      #expect(try await fixture["leaf"].value(Self.catalog) == before)
    }
  }

  @Test(.timeLimit(.minutes(2))) func otherTablesGoOnAndStatesAreVisible() async throws {
    try await Self.with(["a"], onLeaf: Self.gate) { fixture in
      try await fixture["leaf"].withConnection { gate in
        try await gate.execute("select pg_advisory_lock(1)")
        try await fixture.copying("leaf") {
          try await pollUntil("most rows of the copy") {
            try await Int(fixture["leaf"].value("select count(*)::text from a")) ?? 0 > 1000
          }
          try await fixture.root.run("insert into other values (1, 'meanwhile'); update a set n = 7 where id < 10")
          try await fixture.waitUntilApplied(on: "leaf")
          #expect(try await fixture.rows("other", on: "leaf") == "(1,meanwhile)")
          #expect(try await fixture.states(on: "leaf") == "in-copy ok")
          try await gate.execute("select pg_advisory_unlock(1)")
          try await fixture.waitUntilAllOK(on: "leaf")
          try await fixture.root.run("insert into a values (9000, 'last')")
          try await fixture.waitUntilApplied(on: "leaf")
        }
      }
      try await fixture.expectEqual("a", "other")
    }
  }

  @Test(.timeLimit(.minutes(2))) func aTransactionOpenOverTheCopyKeepsTheTableWithItsCopy() async throws {
    try await Self.with(["a"]) { fixture in
      try await fixture.root.withConnection { writer in
        try await writer.execute("begin; update a set n = 100 where id = 1; insert into a values (9001, 'late')")
        try await fixture.copying("leaf") {
          try await pollUntil("the copy") { try await fixture.states(on: "leaf") == "catching-up ok" }
          for round in 1...5 {
            try await fixture.root.run("update a set n = \(round) where id = 2")
            try await fixture.waitUntilApplied(on: "leaf")
          }
          // What the copy did not see may still come: the worker cannot tell it from what it saw.
          #expect(try await fixture.states(on: "leaf") == "catching-up ok")
          try await pollUntil("changes to be followed") {
            try await fixture["leaf"].value("select n::text from a where id = 2") == "5"
          }
          try await writer.execute("commit")
          try await fixture.waitUntilAllOK(on: "leaf")
          try await fixture.waitUntilApplied(on: "leaf")
        }
      }
      try await fixture.expectEqual("a")
      #expect(try await fixture["leaf"].value("select n::text from a where id = 1") == "100")
    }
  }

  @Test(.timeLimit(.minutes(2))) func aTableThatIsRemovedDuringItsCopyIsPutInOrder() async throws {
    try await Self.with(["a"], onLeaf: Self.gate) { fixture in
      let before = try await fixture["leaf"].value(Self.catalog)
      try await fixture["leaf"].withConnection { gate in
        try await gate.execute("select pg_advisory_lock(1)")
        try await fixture.copying("leaf") {
          try await pollUntil("the copy to wait before a row") {
            try await fixture["leaf"].value(
              "select count(*)::text from pg_locks where locktype = 'advisory' and not granted") != "0"
          }
          // It waits for the part that is being copied.
          async let removal: Void = fixture["leaf"].run("select londiste.local_remove_table('s', 'a')")
          try await pollUntil("the removal to wait", timeout: .seconds(60)) {
            try await fixture["leaf"].value(
              "select count(*)::text from pg_stat_activity where query like '%local_remove_table%' and wait_event_type = 'Lock'"
            )
              != "0"
          }
          try await gate.execute("select pg_advisory_unlock(1)")
          try await removal
          try await fixture.waitUntilCleared(on: "leaf")
        }
      }
      #expect(try await fixture["leaf"].value("select count(*)::text from a") == "0")
      #expect(try await fixture["leaf"].value(Self.catalog) == before)
    }
  }

  @Test(.timeLimit(.minutes(2))) func aTableIsCopiedAgain() async throws {
    try await Self.with(["a"]) { fixture in
      try await fixture.copying("leaf") {
        try await fixture.waitUntilAllOK(on: "leaf")
        try await fixture.waitUntilCleared(on: "leaf")
        try await fixture["leaf"].run(
          """
          set session_replication_role = replica;
          delete from a where id < 100; update a set v = 'wrong' where id = 200; insert into a values (-1, 'foreign');
          select londiste.local_set_table_state('s', 'a', null, null)
          """)
        try await fixture.waitUntilAllOK(on: "leaf")
        try await fixture.waitUntilApplied(on: "leaf")
      }
      try await fixture.expectEqual("a")
    }
  }

  /// What the copy was doing when its worker is killed.
  enum Stage: CaseIterable, Sendable { case copying, following }

  @Test(.timeLimit(.minutes(2)), arguments: Stage.allCases) func aKilledCopyGoesOn(_ stage: Stage) async throws {
    try await Self.with(["a", "b"], onLeaf: Self.gate) { fixture in
      try await fixture.root.withConnection { writer in
        // As long as it is open the table is not handed over.
        if stage == .following { try await writer.execute("begin; update a set n = 100 where id = 1") }
        try await fixture["leaf"].withConnection { gate in
          if stage == .copying { try await gate.execute("select pg_advisory_lock(1)") }
          let worker = try TrunklineProgram.command([
            "replicate", "--db", fixture["leaf"].connectionString, "--queue", "s", "--piece-size", "64kB",
            "--park-from", "1B",
            "--poll-interval", "50ms",
          ]).start()
          try await pollUntil("the copy", timeout: .seconds(30)) {
            try await fixture.tick()
            return stage == .copying
              ? try await Int(fixture["leaf"].value("select count(*)::text from a")) ?? 0 > 1000
              : try await fixture.states(on: "leaf").hasPrefix("catching-up")
          }
          worker.send(signal: SIGKILL)
          _ = try await worker.waitForExit()
        }
        try await fixture.root.run(
          "update a set v = v || '!', n = n + 1 where id between 1400 and 1700; delete from b where id < 50")
        if stage == .following { try await writer.execute("commit") }
      }
      try await fixture.copying("leaf") {
        try await fixture.waitUntilAllOK(on: "leaf")
        try await fixture.waitUntilApplied(on: "leaf")
        try await fixture.waitUntilCleared(on: "leaf")
      }
      try await fixture.expectEqual("a", "b")
    }
  }
}
