import Testing

/// Partitioned tables and inheritance trees: captured row by row.
@Suite struct PartitionTests {
  /// The second partition has its columns in another order and a dropped one.
  static let table = """
    create table t (id int, v text, x float8, primary key (id)) partition by range (id);
    create table t1 partition of t for values from (0) to (100);
    create table t2 (x float8, v text, junk int, id int not null);
    alter table t2 drop column junk;
    alter table t attach partition t2 for values from (100) to (200);
    """

  @Test func writesThroughTheRootAndDirectlyToAPartition() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t values (1, 'a', 1.5), (101, 'b', 2.5); insert into t2 values (3.5, 'direct', 102);
        update t2 set v = 'again' where id = 102; update t set v = 'all'; delete from t1; delete from t2 where id = 101;
        """)
      try await fixture.expectConverged("t")
      #expect(try await fixture.psql("select distinct ev_extra1 from pgq.event_template;") == "public.t")
    }
  }

  @Test func rowsThatMoveBetweenPartitions() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t select g, 'x' from generate_series(90, 110) g;
        update t set id = id + 50 where id in (95, 96); update t set id = id - 50 where id > 140;
        update t set id = id + 40 where id < 95; update t set id = id - 60 where id between 130 and 132;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func partitionKeyOutsideTheCapturedKey() async throws {
    try await CaptureFixture.with(
      """
      create table t (id int, r text, v text, primary key (id, r)) partition by list (r);
      create table ta partition of t for values in ('a'); create table tb partition of t for values in ('b');
      """
    ) { fixture in
      try await fixture.capture("t", #"{"key": ["id"]}"#)
      try await fixture.psql(
        """
        insert into t values (1, 'a', 'x'), (2, 'b', 'y'), (3, 'a', 'z'); update t set r = 'b' where id = 1;
        update t set r = 'a', v = 'q' where id = 2; update t set id = 9, r = 'b' where id = 2;
        update t set r = case r when 'a' then 'b' else 'a' end;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func partitionsAddedLaterAndDetached() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        create table t3 partition of t for values from (200) to (300) partition by range (id);
        create table t31 partition of t3 for values from (200) to (250);
        insert into t31 values (201, 'new', 0); update t set v = 'u'; delete from t3; insert into t values (202, 'y', 'NaN');
        """)
      try await fixture.expectConverged("t")
      try await fixture.psql("alter table t detach partition t1; insert into t1 values (1, 'outside');")
      try await fixture.expectConverged("t")
    }
  }

  @Test func truncateOfTheRoot() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql("insert into t values (1, 'a'), (101, 'b'); truncate t; insert into t values (2, 'c');")
      try await fixture.expectConverged("t")
    }
  }

  @Test func truncateOfOnePartition() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        "insert into t values (1, 'a'), (2, 'x'), (101, 'b'); truncate t1; insert into t values (2, 'c');")
      try await fixture.expectConverged("t")
      try await fixture.psql(
        """
        create table t3 partition of t for values from (200) to (300); insert into t values (201, 'n');
        select trunkline.maint_refresh_captures(); truncate t3;
        """)
      try await fixture.expectConverged("t")
      try await fixture.psql("truncate t; insert into t values (5, 'z'); truncate t1, t2;")
      try await fixture.expectConverged("t")
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == "ok")
    }
  }

  @Test func triggerOnAPartitionedTableWritesTheSameRowAgain() async throws {
    try await CaptureFixture.with(
      """
      \(Self.table)
      create function f() returns trigger language plpgsql as $$ begin
        if pg_trigger_depth() = 1 then update t set x = coalesce(x, 0) + 1 where id = new.id; end if; return null;
      end $$;
      create trigger a after insert or update on t for each row execute function f();
      """
    ) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        "insert into t values (1, 'a'), (101, 'b'); update t set v = 'c'; update t set id = id + 1; update t1 set v = 'd';"
      )
      try await fixture.expectConverged("t")
    }
  }

  @Test func inheritanceParentAndChildAreTablesOfTheirOwn() async throws {
    try await CaptureFixture.with(
      """
      create table parent (id int primary key, v text); create table child (primary key (id), z int) inherits (parent);
      """
    ) { fixture in
      try await fixture.capture("parent")
      try await fixture.capture("child")
      try await fixture.psql(
        """
        insert into parent values (1, 'p'), (3, 'q'); insert into child values (2, 'k', 5), (1, 'l', 6);
        update parent set v = v || '!'; delete from parent where id = 1; update parent set id = id + 10;
        """)
      try await fixture.expectConverged("parent")
      try await fixture.expectConverged("child")
    }
  }

  @Test func capturedTableCannotSlipIntoATree() async throws {
    try await CaptureFixture.with(
      """
      create table t (id int not null primary key); create table root (id int not null) partition by list (id);
      create table parent (id int not null);
      """
    ) { fixture in
      try await fixture.capture("t")
      #expect(try await fixture.failure("alter table root attach partition t for values in (1);").contains("_guard"))
      #expect(try await fixture.failure("alter table t inherit parent;").contains("_guard"))
    }
  }

  @Test func capturedTableBecomesAParent() async throws {
    try await CaptureFixture.with("create table t (id int primary key, v text);") { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t values (1, 'a'); create table kid () inherits (t); insert into kid values (1, 'k'), (2, 'k');
        update t set v = 'u'; delete from t where id = 2;
        """)
      try await fixture.expectConverged("t")
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == "stale")
      try await fixture.psql("select trunkline.capture_refresh(); update t set v = 'w'; insert into t values (5, 'n');")
      try await fixture.expectConverged("t")
      #expect(try await fixture.psql("select mode from trunkline.capture_list();") == "row")
    }
  }
}
