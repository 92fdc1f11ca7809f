import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Constraints of the target, with triggers and foreign keys silent and, for a worker without that right, firing.
@Suite struct ConstraintTests {
  static let family = """
    create table parent (id int primary key, v text);
    create table child (id int primary key, parent_id int not null references parent, v text);
    create table node (id int primary key, up int references node, v text);
    """
  static let captured = ["parent", "child", "node"]
  static let writes = """
    insert into parent select g, 'p' from generate_series(1, 20) g;
    insert into child select g, g, 'c' from generate_series(1, 20) g;
    insert into node select g, nullif(g / 2, 0), 'n' from generate_series(1, 20) g;
    """
  static let changes = """
    insert into parent values (100, 'new');
    update child set parent_id = 100 where id = 1; delete from parent where id = 1;
    delete from child where id = 2; delete from parent where id = 2;
    update node set up = 1 where up = 5; delete from node where id = 5;
    begin; delete from child where id = 3; insert into child values (3, 100, 'again'); delete from parent where id = 3; commit;
    delete from node where id > 10;
    """

  /// A login role that may write the tables and apply, but not set the replica role.
  private static func applier(_ fixture: ReplicationFixture) async throws -> String {
    let role = FreshName.next("applier")
    try await fixture.target.run(
      """
      create role \(role) login; select trunkline.grant_apply('\(role)');
      grant select, insert, update, delete, truncate on all tables in schema public to \(role);
      """)
    return role
  }

  @Test(arguments: [false, true]) func changesKeepForeignKeys(_ isPrivileged: Bool) async throws {
    try await ReplicationFixture.with(tables: Self.family, captured: Self.captured) { fixture in
      let role = isPrivileged ? "postgres" : try await Self.applier(fixture)
      let worker = fixture.worker(targetUser: role)
      try await worker.drain()
      try await fixture.change(Self.writes, by: worker)
      try await fixture.change(Self.changes, by: worker)
      try await fixture.expectEqual("parent", "child", "node")
      let orphans = try await fixture.target.value(
        "select count(*)::text from child where parent_id not in (select id from parent)")
      #expect(orphans == "0")
    }
  }

  @Test func largeBatchesKeepForeignKeysWithoutTheReplicaRole() async throws {
    try await ReplicationFixture.with(tables: Self.family, captured: Self.captured) { fixture in
      let worker = fixture.worker(targetUser: try await Self.applier(fixture))
      try await worker.drain()
      try await fixture.change(
        """
        insert into parent select g, 'p' from generate_series(1, 5000) g;
        insert into child select g, g, 'c' from generate_series(1, 5000) g;
        """, by: worker)
      try await fixture.change(
        """
        update child set parent_id = 1 where id % 3 = 0; delete from child where id % 3 = 1;
        delete from parent p where not exists (select 1 from child c where c.parent_id = p.id);
        """, by: worker)
      try await fixture.expectEqual("parent", "child")
    }
  }

  @Test func replicaRoleCanBeGranted() async throws {
    try await ReplicationFixture.with(tables: Self.family, captured: Self.captured) { fixture in
      guard try await Int(fixture.target.value("show server_version_num")) ?? 0 >= 150_000 else { return }
      let role = try await Self.applier(fixture)
      try await fixture.target.run(
        """
        grant set on parameter session_replication_role to \(role);
        create table fired (id int); grant insert on fired to \(role);
        create function note() returns trigger language plpgsql as 'begin insert into fired values (new.id); return new; end';
        create trigger note after insert on parent for each row execute function note();
        """)
      let worker = fixture.worker(targetUser: role)
      try await worker.drain()
      try await fixture.change(Self.writes, by: worker)
      try await fixture.expectEqual("parent", "child", "node")
      #expect(try await fixture.target.value("select count(*)::text from fired") == "0")
    }
  }

  @Test(arguments: [false, true]) func circlesOfDeferrableForeignKeysHold(_ isPrivileged: Bool) async throws {
    let tables = """
      create table a (id int primary key, b_id int);
      create table b (id int primary key, a_id int references a deferrable initially immediate);
      alter table a add foreign key (b_id) references b deferrable initially deferred;
      """
    try await ReplicationFixture.with(tables: tables, captured: ["a", "b"]) { fixture in
      let worker = fixture.worker(targetUser: isPrivileged ? "postgres" : try await Self.applier(fixture))
      try await worker.drain()
      try await fixture.change(
        """
        begin; insert into a select g, g from generate_series(1, 10) g; insert into b select g, g from generate_series(1, 10) g;
        commit;
        """, by: worker)
      try await fixture.change(
        """
        begin; set constraints all deferred; delete from a where id = 1; delete from b where id = 1;
        insert into b values (11, 12); insert into a values (12, 11); update b set a_id = 12 where id = 2; commit;
        """, by: worker)
      try await fixture.expectEqual("a", "b")
    }
  }

  @Test(arguments: [false, true]) func cascadesOfTheTargetDoNoHarm(_ isPrivileged: Bool) async throws {
    let tables = """
      create table p (id int primary key);
      create table c (id int primary key, p_id int references p on delete cascade on update cascade deferrable, v text);
      """
    // The target's table has a column of its own, which cascades must not take along with rows that stay.
    let own = "alter table c add note text default 'mine';"
    try await ReplicationFixture.with(tables: tables, onTarget: own, captured: ["p", "c"]) { fixture in
      let worker = fixture.worker(targetUser: isPrivileged ? "postgres" : try await Self.applier(fixture))
      try await worker.drain()
      try await fixture.change(
        "insert into p select g from generate_series(1, 5) g; insert into c select g, g, 'v' from generate_series(1, 5) g;",
        by: worker)
      try await fixture.target.run("update c set note = 'kept ' || id")
      try await fixture.change(
        "update p set id = 10 where id = 1; update c set p_id = 3 where id = 2; delete from p where id in (2, 4);",
        by: worker)
      try await fixture.expectEqual("p", "c")
      #expect(
        try await fixture.target.value("select string_agg(id || note, ' ' order by id) from c")
          == "1kept 1 2kept 2 3kept 3 5kept 5")
    }
  }

  @Test(arguments: [false, true]) func truncateOfTablesWithForeignKeys(_ isPrivileged: Bool) async throws {
    try await ReplicationFixture.with(tables: Self.family, captured: Self.captured) { fixture in
      let worker = fixture.worker(targetUser: isPrivileged ? "postgres" : try await Self.applier(fixture))
      try await worker.drain()
      try await fixture.change(Self.writes, by: worker)
      try await fixture.change("truncate parent cascade; insert into parent values (7, 'after');", by: worker)
      try await fixture.expectEqual("parent", "child")
      // A table of the target that refers to the truncated one and is not truncated with it.
      try await fixture.target.run(
        "create table own (id int references node on delete cascade); grant all on own to public")
      try await fixture.change("truncate node;", by: worker)
      try await fixture.expectEqual("node")
    }
  }

  @Test func missingReferencesAreAClearErrorWithoutTheReplicaRole() async throws {
    let tables = "create table t (id int primary key, ref int);"
    let onTarget =
      "create table elsewhere (id int primary key); alter table t add foreign key (ref) references elsewhere;"
    try await ReplicationFixture.with(tables: tables, onTarget: onTarget, captured: ["t"]) { fixture in
      let worker = fixture.worker(targetUser: try await Self.applier(fixture))
      try await worker.drain()
      try await fixture.source.run("insert into t values (1, 5)")
      try await fixture.tick()
      let error = try await fixture.refusal(worker)
      #expect(error.contains("queue \"changes\", ticks"))
      #expect(error.contains("event 1, table public.t"))
      #expect(error.contains("grant set on parameter session_replication_role"))
      try await fixture.target.run("insert into elsewhere values (5)")
      try await worker.drain()
      try await fixture.expectEqual("t")
    }
  }

  @Test(arguments: [false, true]) func uniqueValuesSwapPlaces(_ isPrivileged: Bool) async throws {
    let tables = "create table t (id int primary key, u int unique, v text);"
    try await ReplicationFixture.with(tables: tables, captured: ["t"]) { fixture in
      let worker = fixture.worker(targetUser: isPrivileged ? "postgres" : try await Self.applier(fixture))
      try await worker.drain()
      try await fixture.change("insert into t select g, g, 'v' from generate_series(1, 10) g;", by: worker)
      try await fixture.change(
        """
        update t set u = -1 where id = 1; update t set u = 1 where id = 2; update t set u = 2 where id = 1;
        delete from t where id = 3; insert into t values (33, 3, 'new');
        update t set u = u + 100; update t set u = 114 - u where id > 3 and id <= 10;
        """, by: worker)
      try await fixture.expectEqual("t")
    }
  }

  @Test(arguments: [false, true]) func swappedUniqueValuesKeepTheTargetsOwnColumns(_ isPrivileged: Bool) async throws {
    let tables = "create table t (id int primary key, u int unique, v text);"
    let own = "alter table t add note text;"
    try await ReplicationFixture.with(tables: tables, onTarget: own, captured: ["t"]) { fixture in
      let worker = fixture.worker(targetUser: isPrivileged ? "postgres" : try await Self.applier(fixture))
      try await worker.drain()
      try await fixture.change("insert into t select g, g, 'v' from generate_series(1, 4) g;", by: worker)
      try await fixture.target.run("update t set note = id::text")
      try await fixture.change(
        """
        update t set u = -1 where id = 1; update t set u = 1 where id = 2; update t set u = 2 where id = 1;
        update t set id = 40 where id = 4;
        """, by: worker)
      try await fixture.expectEqual("t")
      #expect(try await fixture.target.value("select string_agg(note, ',' order by id) from t") == "1,2,3,4")
    }
  }

  @Test func lateUniqueChecksOfTheTargetHoldThoughItsTriggersAreSilent() async throws {
    let tables = "create table t (id int primary key, u int);"
    let onTarget = "alter table t add unique (u) deferrable initially deferred;"
    try await ReplicationFixture.with(tables: tables, onTarget: onTarget, captured: ["t"]) { fixture in
      try await fixture.worker().drain()
      try await fixture.target.run("insert into t values (99, 1)")
      try await fixture.source.run("insert into t values (1, 1)")
      try await fixture.tick()
      let error = try await fixture.refusal()
      #expect(error.contains("table public.t: two rows of the target have the same u"), "\(error)")
      try await fixture.target.run("delete from t where id = 99")
      try await fixture.worker().drain()
      try await fixture.expectEqual("t")
    }
  }

  @Test func chainsOfKeyChangesArrive() async throws {
    let tables = "create table t (id int primary key, v text);"
    try await ReplicationFixture.with(tables: tables, captured: ["t"]) { fixture in
      try await fixture.worker().drain()
      try await fixture.change("insert into t select g, 'v' || g from generate_series(1, 30) g;")
      try await fixture.change(
        """
        update t set id = 99 where id = 1; update t set id = 1 where id = 2; update t set id = 2 where id = 99;
        update t set id = 100 where id = 10; update t set id = 101 where id = 100; update t set id = 102 where id = 101;
        delete from t where id = 102; insert into t values (10, 'back'), (100, 'x');
        update t set id = 200 where id = 20; insert into t values (20, 'y'); update t set id = 201 where id = 20;
        """)
      try await fixture.expectEqual("t")
      try await fixture.change("begin; update t set id = id + 1000; update t set id = id - 999; commit;")
      try await fixture.expectEqual("t")
    }
  }
}
