import EventFormats
import PostgresClient
import PostgresTesting
import Synchronization
import TableReplication
import Testing

/// Copies by several connections: the same rows, and indexes and constraints as before.
@Suite struct ParallelCopyTests {
  private func copying(_ fixture: ReplicationFixture, user: String = "postgres") throws -> ReplicationWorker {
    var worker = fixture.worker(targetUser: user)
    worker.tablesToCopy = try CopyFixture.captured.map { try QualifiedName(schema: "public", name: $0) }
    worker.copyOptions = CopyFixture.options()
    return worker
  }

  @Test func theCopyIsTheSourceAndNothingIsMissingOnTheTarget() async throws {
    try await ReplicationFixture.with(tables: CopyFixture.tables, captured: CopyFixture.captured) { fixture in
      try await fixture.source.run(CopyFixture.rows(8000))
      let before = try await fixture.target.value(CopyFixture.catalog)
      let load = Program(
        [fixture.source.cluster.binaries.path("pgbench"), "-n", "-c", "3", "-t", "100", "-f", "/dev/stdin"],
        environment: fixture.source.cluster.environment(database: fixture.source.name),
        input: """
          \\set id random(1, 8000)
          update item set v = v || '+' where id = :id;
          delete from item where id = :id + 300 and id > 300;
          update owner set name = name || '+' where id = 1 + :id / 81;
          """)
      let writers = try load.start()
      try await running(copying(fixture)) {
        #expect(try await writers.waitForExit() == 0, "\(writers.standardError)")
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("owner", "item", "note")
      #expect(try await fixture.target.value(CopyFixture.catalog) == before)
      #expect(try await fixture.target.value("select count(*)::text from trunkline.parked_ddl") == "0")
      #expect(try await fixture.target.value("select count(*)::text from trunkline.table_copy") == "0")
      // The planner knows the tables.
      #expect(
        try await fixture.target.value("select (reltuples > 7000)::text from pg_class where relname = 'item'") == "true"
      )
    }
  }

  @Test func indexesAreOffWhileRowsComeInAndReadersGoOn() async throws {
    try await ReplicationFixture.with(
      tables: CopyFixture.tables,
      onTarget: """
        create function gate() returns trigger language plpgsql as $$ begin
          perform pg_advisory_xact_lock(1); return new; end $$;
        create trigger gate before insert on item for each row when (new.id = 4000) execute function gate();
        alter table item enable always trigger gate;
        """, captured: CopyFixture.captured
    ) { fixture in
      try await fixture.source.run(CopyFixture.rows(8000))
      try await fixture.target.withConnection { gate in
        try await gate.execute("select pg_advisory_lock(1)")
        try await running(copying(fixture)) {
          try await pollUntil("other parts of the table") {
            try await Int(fixture.target.value("select count(*)::text from item")) ?? 0 > 2000
          }
          // Committed rows are seen by readers, who do not wait.
          #expect(try await fixture.target.value("select (count(*) < 8000)::text from item") == "true")
          #expect(
            try await fixture.target.value("select count(*)::text from pg_index where indrelid = 'item'::regclass")
              == "0")
          try await gate.execute("select pg_advisory_unlock(1)")
          try await fixture.waitUntilApplied()
        }
      }
      try await fixture.expectEqual("item")
    }
  }

  @Test func withoutRightsOnTheTablesEverythingStaysAndIsCopiedInOrder() async throws {
    try await ReplicationFixture.with(tables: CopyFixture.tables, captured: CopyFixture.captured) { fixture in
      try await fixture.source.run(CopyFixture.rows(3000))
      let before = try await fixture.target.value(CopyFixture.catalog)
      let role = FreshName.next("applier")
      try await fixture.target.run(
        """
        create role \(role) login; select trunkline.grant_apply('\(role)');
        grant select, insert, update, delete, truncate on all tables in schema public to \(role);
        """)
      try await copying(fixture, user: role).drain()
      try await fixture.expectEqual("owner", "item", "note")
      #expect(try await fixture.target.value(CopyFixture.catalog) == before)
    }
  }

  @Test func anOwnerWithoutTheReplicaRoleParksKeysAndTriggers() async throws {
    try await ReplicationFixture.with(
      tables: CopyFixture.tables,
      onTarget: """
        create function refuse() returns trigger language plpgsql as $$ begin raise 'fired'; end $$;
        create trigger refuse before insert on item for each row execute function refuse();
        """, captured: CopyFixture.captured
    ) { fixture in
      try await fixture.source.run(CopyFixture.rows(3000))
      let before = try await fixture.target.value(CopyFixture.catalog)
      let role = FreshName.next("applier")
      try await fixture.target.run(
        """
        create role \(role) login; select trunkline.grant_apply('\(role)');
        alter table owner owner to \(role); alter table item owner to \(role); alter table note owner to \(role);
        grant create on schema public to \(role);
        """)
      try await copying(fixture, user: role).drain()
      try await fixture.expectEqual("owner", "item", "note")
      #expect(try await fixture.target.value(CopyFixture.catalog) == before)
      #expect(try await fixture.target.value("select count(*)::text from trunkline.parked_ddl") == "0")
    }
  }

  @Test func partitionsAndChildrenByInheritance() async throws {
    let tables = """
      create table part (k int, id int, v text, primary key (k, id)) partition by list (k);
      create table part_1 partition of part for values in (1) partition by range (id);
      create table part_1a partition of part_1 for values from (0) to (1000);
      create table part_1b partition of part_1 for values from (1000) to (100000);
      create table part_2 (v text, id int not null, k int not null); alter table part attach partition part_2 for values in (2);
      create table base (id int primary key, v text); create table child (more int, primary key (id)) inherits (base);
      """
    try await ReplicationFixture.with(tables: tables, captured: ["part", "base", "child"]) { fixture in
      try await fixture.source.run(
        """
        insert into part select 1 + g % 2, g, repeat('x', 50) from generate_series(1, 5000) g;
        insert into base select g, 'b' from generate_series(1, 2000) g; insert into child select -g, 'c', g from generate_series(1, 2000) g;
        """)
      var worker = try copying(fixture)
      worker.tablesToCopy = try ["part", "base", "child"].map { try QualifiedName(schema: "public", name: $0) }
      try await worker.drain()
      try await fixture.expectEqual("part", "base", "child")
      #expect(try await fixture.target.value("select count(*)::text from only base") == "2000")
    }
  }

  @Test func theRateIsKept() async throws {
    try await ReplicationFixture.with(tables: "create table t (id int primary key, v text);", captured: ["t"]) {
      fixture in
      try await fixture.source.run("insert into t select g, repeat('x', 1000) from generate_series(1, 2000) g")
      var worker = fixture.worker()
      worker.tablesToCopy = [try QualifiedName(schema: "public", name: "t")]
      worker.copyOptions = CopyFixture.options()
      worker.copyOptions.maximumRate = 2_000_000
      let bytes = Mutex(0)
      worker.onCopy = { event in if case .moved(_, let count) = event { bytes.withLock { $0 += count } } }
      let start = ContinuousClock.now
      try await worker.drain()
      // The first bytes are free, about 2 MB at 2 MB a second.
      #expect(ContinuousClock.now - start > .milliseconds(700))
      #expect(bytes.withLock { $0 } > 2_000_000)
    }
  }

  @Test func columnsThatTheTargetLacksAreNamed() async throws {
    try await ReplicationFixture.with(
      tables: "create table t (id int primary key, v text);", onTarget: "alter table t drop column v", captured: ["t"]
    ) { fixture in
      var worker = fixture.worker()
      worker.tablesToCopy = [try QualifiedName(schema: "public", name: "t")]
      let error = await #expect(throws: ApplyError.self) { try await worker.drain() }
      #expect("\(error.map { "\($0)" } ?? "")".contains("no column \"v\""))
    }
  }
}
