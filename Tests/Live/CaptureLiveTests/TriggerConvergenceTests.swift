import Testing

/// Triggers of users that write the captured table again: the inner statement is captured before the outer one.
@Suite struct TriggerConvergenceTests {
  static let table = "create table t (id int primary key, v text, n int default 0);"

  /// `body` is the body of a trigger function that acts only on the outermost statement.
  static func trigger(_ when: String, _ body: String) -> String {
    """
    create function f() returns trigger language plpgsql as $$ begin
      if pg_trigger_depth() = 1 then \(body) end if;
      return coalesce(new, old);
    end $$;
    create trigger a_first \(when) on t for each row execute function f();
    create trigger zz_last \(when) on t for each row execute function f();
    """
  }

  @Test(arguments: ["before", "after"])
  func rowTriggerWritesTheSameRowAgain(_ time: String) async throws {
    let body = "update t set n = n + 1 where id = new.id;"
    let when = time == "after" ? "after insert or update" : "before insert"
    try await CaptureFixture.with(Self.table + Self.trigger(when, body)) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t values (1, 'a'), (2, 'b');
        update t set v = 'c'; update t set v = 'd' where id = 2;
        begin; update t set v = 'e'; insert into t values (3, 'f'); update t set v = 'g', id = id + 10; commit;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test(arguments: ["before update", "after update"])
  func rowTriggerWritesOtherRows(_ when: String) async throws {
    let body = """
      update t set n = n + 1 where id = new.id + 1;
      delete from t where id = new.id + 10;
      insert into t values (new.id + 20, 'new') on conflict (id) do update set v = 'again';
      """
    // a BEFORE trigger may not change rows that its own statement is going to change
    let all = when == "after update" ? "update t set v = 'w';" : "update t set v = 'w' where id in (5, 7);"
    try await CaptureFixture.with(Self.table + Self.trigger(when, body)) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t select g, 'x' from generate_series(1, 12) g;
        update t set v = 'y' where id = 1; update t set v = 'z' where id in (2, 20); \(all)
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func deletedRowComesBackInItsTrigger() async throws {
    let setup =
      Self.table + Self.trigger("after delete", "insert into t values (old.id, 'again') on conflict do nothing;")
    try await CaptureFixture.with(setup) { fixture in
      try await fixture.capture("t")
      try await fixture.psql("insert into t select g, 'x' from generate_series(1, 5) g; delete from t where id < 4;")
      try await fixture.expectConverged("t")
    }
  }

  @Test func insertedRowIsDeletedInItsTrigger() async throws {
    let setup = Self.table + Self.trigger("after insert", "delete from t where id = new.id and id % 2 = 0;")
    try await CaptureFixture.with(setup) { fixture in
      try await fixture.capture("t")
      try await fixture.psql("insert into t select g, 'x' from generate_series(1, 10) g;")
      try await fixture.expectConverged("t")
    }
  }

  @Test func triggersOfAnotherTableWriteBack() async throws {
    try await CaptureFixture.with(
      """
      \(Self.table)
      create table other (id int);
      create function f() returns trigger language plpgsql as $$ begin
        if tg_relid = 't'::regclass then
          if new.n < 2 then insert into other values (new.id); end if;
        else
          update t set n = n + 1 where id = new.id;
        end if;
        return null;
      end $$;
      create trigger a after insert or update on t for each row execute function f();
      create trigger a after insert on other for each row execute function f();
      """
    ) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t values (1, 'a'), (2, 'b'), (3, 'c'); update t set v = 'z', n = 0; update t set id = id + 10, n = 0;
        begin; update t set v = 'q' where id = 11; delete from t where id = 12; insert into t values (12, 'r', 5); commit;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func statementTriggerWritesTheTable() async throws {
    try await CaptureFixture.with(
      """
      \(Self.table)
      create function f() returns trigger language plpgsql as $$ begin
        if pg_trigger_depth() = 1 then update t set n = n + 1; delete from t where id = 3; end if;
        return null;
      end $$;
      create trigger a after insert or update or delete on t execute function f();
      create trigger zz after insert or update or delete on t execute function f();
      """
    ) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        "insert into t select g, 'x' from generate_series(1, 6) g; update t set v = 'y'; delete from t where id = 5;")
      try await fixture.expectConverged("t")
    }
  }

  @Test func deferredConstraintTriggerWritesTheTable() async throws {
    try await CaptureFixture.with(
      """
      \(Self.table)
      create function f() returns trigger language plpgsql as $$ begin
        if new.n < 3 then update t set n = new.n + 1 where id = new.id; end if;
        return null;
      end $$;
      create constraint trigger a after insert or update on t deferrable initially deferred
        for each row execute function f();
      """
    ) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        begin; insert into t values (1, 'a'), (2, 'b'); update t set v = 'c'; update t set id = 5 where id = 2; commit;
        begin; update t set n = 0; set constraints all immediate; update t set v = 'd'; commit;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func savepointsThatAreRolledBackLeaveNothing() async throws {
    let setup = Self.table + Self.trigger("after update", "update t set n = n + 1 where id = new.id;")
    try await CaptureFixture.with(setup) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        begin; insert into t values (1, 'a'); savepoint s; update t set v = 'b'; rollback to s; update t set v = 'c';
        savepoint s2; delete from t; rollback to s2; commit;
        """)
      try await fixture.expectConverged("t")
    }
  }
}
