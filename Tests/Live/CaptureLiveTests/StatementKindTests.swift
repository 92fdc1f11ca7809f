import Testing

/// Statements that change a table in more than one way at once.
@Suite struct StatementKindTests {
  static let table = "create table t (id int primary key, v text, n int default 0);"
  static let rows = "insert into t select g, 'x' from generate_series(1, 10) g;"

  @Test func insertOnConflict() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t values (1, 'a');
        insert into t values (1, 'b'), (2, 'c'), (3, 'd') on conflict (id) do update set v = excluded.v, id = t.id + 100;
        insert into t values (2, 'x'), (7, 'y') on conflict do nothing;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func merge() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      guard Int(try await fixture.psql("show server_version_num;")) ?? 0 >= 150_000 else { return }
      try await fixture.capture("t")
      try await fixture.psql(
        """
        \(Self.rows)
        merge into t using (values (1, 'u'), (2, 'd'), (19, 'i'), (3, 'd')) s (id, a) on t.id = s.id
          when matched and a = 'd' then delete
          when matched then update set v = 'updated'
          when not matched then insert values (s.id, 'inserted');
        merge into t using (values (1, 'd', 1), (77, 'i', 1)) s (id, a, k) on t.id = s.id
          when matched and a = 'd' then delete
          when not matched then insert values (s.k, 'took the key over');
        merge into t using (values (4, 'd'), (5, 'u')) s (id, a) on t.id = s.id
          when matched and a = 'd' then delete
          when matched then update set id = 4;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func copy() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql("copy t (id, v) from stdin;\n1\ta\n2\t\\N\n\\.\nupdate t set n = 1;")
      try await fixture.expectConverged("t")
      #expect(
        try await fixture.events("public.t") == """
          INSERT|{"id":1,"v":"a","n":0}||
          INSERT|{"id":2,"v":null,"n":0}||
          UPDATE|{"id":1,"v":"a","n":1}||
          UPDATE|{"id":2,"v":null,"n":1}||
          """)
    }
  }

  @Test func dataModifyingCommonTableExpressions() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        \(Self.rows)
        with d as (delete from t where id = 1 returning *) insert into t select id, 'new' from d;
        with d1 as (delete from t where id = 2 returning *), i as (insert into t select id, 'new' from d1 returning *),
             d2 as (delete from t where id = 3) select from i;
        with u as (update t set id = id + 100 where id = 4 returning *) insert into t select id - 100, 'new' from u;
        with u as (update t set id = id + 100 where id = 5 returning *),
             i as (insert into t select id - 100, 'new' from u), u2 as (update t set v = 'z' where id = 6) select from u;
        with d as (delete from t where id > 8 returning *), u as (update t set id = (select max(id) from d) where id = 7)
          select from d;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func keysThatMoveAndSwap() async throws {
    try await CaptureFixture.with("create table t (id int, v text, primary key (id) deferrable);") { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t select g, 'v' || g from generate_series(1, 6) g;
        update t set id = id + 1; update t set id = 7 - id where id in (3, 4); update t set id = id * 10 where id = 2;
        begin; set constraints all deferred;
        insert into t values (3, 'second'); delete from t where v = 'v3'; update t set id = 20 where id = 6; delete from t where v = 'v1';
        commit;
        """)
      try await fixture.expectConverged("t")
    }
  }

  @Test func truncate() async throws {
    try await CaptureFixture.with(
      """
      \(Self.table)
      create function f() returns trigger language plpgsql as $$ begin
        insert into t values (99, 'after truncate'); return null;
      end $$;
      """
    ) { fixture in
      try await fixture.capture("t")
      try await fixture.psql("\(Self.rows) truncate t; insert into t values (2, 'b');")
      try await fixture.expectConverged("t")
      try await fixture.psql(
        "create trigger a after truncate on t execute function f(); truncate t; insert into t values (3);")
      try await fixture.expectConverged("t")
    }
  }

  @Test func statementThatChangesNothingTakesNoTransactionID() async throws {
    try await CaptureFixture.with(Self.table) { fixture in
      try await fixture.capture("t")
      let assigned = try await fixture.psql(
        """
        begin; update t set v = 'x' where false; delete from t where false; insert into t select 1 where false;
        select txid_current_if_assigned() is null; commit;
        """)
      #expect(assigned == "t")
    }
  }

  @Test(arguments: 1...6)
  func randomStatements(_ seed: Int) async throws {
    let primaryKey = seed % 2 == 0 ? "primary key (id) deferrable" : "primary key (id)"
    try await CaptureFixture.with("create table t (id int, v text, n numeric, \(primaryKey));") { fixture in
      try await fixture.capture("t", seed % 3 == 0 ? #"{"before": true}"# : "{}")
      try await fixture.psql(
        """
        select setseed(0.\(seed)) \\g /dev/null
        do $$
        declare a int; b int;
        begin
          for i in 1..300 loop
            a := (random() * 30)::int; b := (random() * 30)::int;
            begin
              case (random() * 7)::int
                when 0 then insert into t select g, 'i' || i from generate_series(a, a + 5) g where g not in (select id from t);
                when 1 then update t set v = 'u' || i, n = random() where id between a and b;
                when 2 then update t set id = id + b where id between a and a + 3;
                when 3 then delete from t where id between a and a + 2;
                when 4 then with d as (delete from t where id = a returning *) insert into t select b, v from d;
                when 5 then update t set id = a + b - id where id in (a, b);
                when 6 then with d as (delete from t where id > b) update t set v = 'c' || i where id < b;
                else insert into t select g, 'x' from generate_series(a, b) g where g not in (select id from t);
              end case;
            exception when unique_violation then null;
            end;
            if i % 7 = 0 then commit; end if;
          end loop;
        end $$;
        """)
      try await fixture.expectConverged("t")
    }
  }
}
