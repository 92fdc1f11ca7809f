import EventFormats
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// What happens when a change meets a row that its source does not expect.
@Suite struct ConflictTests {
  static let tables = "create table t (id int primary key, v text, at int)"

  private func with(
    before: Bool = true, _ body: (ReplicationFixture) async throws -> Void
  ) async throws {
    try await ReplicationFixture.with(tables: Self.tables, captured: []) { fixture in
      try await fixture.source.run("select trunkline.capture_add('t', 'changes', '{\"before\": \(before)}')")
      try await fixture.worker().drain()
      try await body(fixture)
    }
  }

  private func worker(_ fixture: ReplicationFixture, _ policy: String, keepsRows: Bool = false) throws
    -> ReplicationWorker
  {
    var worker = fixture.worker()
    try worker.conflicts.add(policy)
    worker.conflicts.keepsRows = keepsRows
    return worker
  }

  private func rows(_ database: TestDatabase) async throws -> String {
    try await database.value("select coalesce(string_agg(t::text, ' ' order by id), '') from t")
  }

  private func conflicts(_ fixture: ReplicationFixture) async throws -> String {
    try await fixture.target.value(
      """
      select coalesce(string_agg(concat_ws(':', kind, outcome, conflicts), ' ' order by kind, outcome), '')
      from trunkline.conflict
      """)
  }

  /// Makes every kind of conflict: rows 1 to 6 of which the target has other versions.
  private func disagree(_ fixture: ReplicationFixture) async throws {
    let start = "insert into t values (2, 'b', 1), (3, 'c', 1), (4, 'd', 1), (5, 'e', 1), (6, 'f', 1), (7, 'g', 1)"
    try await fixture.change(start)
    try await fixture.target.run(
      """
      insert into t values (1, 'here', 5); update t set v = 'here', at = 5 where id in (3, 5);
      delete from t where id in (2, 4)
      """)
    try await fixture.source.run(
      """
      insert into t values (1, 'there', 3); update t set v = 'there', at = 3 where id in (2, 3, 6);
      delete from t where id in (4, 5, 7)
      """)
    try await fixture.tick()
  }

  static let kinds = ["delete_differs", "delete_missing", "insert_exists", "update_differs", "update_missing"]

  @Test func withoutPolicyNobodyLooks() async throws {
    try await with { fixture in
      try await disagree(fixture)
      try await fixture.worker().drain()
      #expect(try await rows(fixture.target) == "(1,there,3) (2,there,3) (3,there,3) (6,there,3)")
      #expect(try await conflicts(fixture) == "")
    }
  }

  @Test func overwriteWritesAndCounts() async throws {
    try await with { fixture in
      try await disagree(fixture)
      try await worker(fixture, "overwrite").drain()
      #expect(try await rows(fixture.target) == "(1,there,3) (2,there,3) (3,there,3) (6,there,3)")
      #expect(try await conflicts(fixture) == Self.kinds.map { "\($0):written:1" }.joined(separator: " "))
    }
  }

  @Test func warnKeepsTheRowsThatAreHere() async throws {
    try await with { fixture in
      try await disagree(fixture)
      try await worker(fixture, "warn", keepsRows: true).drain()
      #expect(try await rows(fixture.target) == "(1,here,5) (3,here,5) (5,here,5) (6,there,3)")
      #expect(try await conflicts(fixture) == Self.kinds.map { "\($0):kept:1" }.joined(separator: " "))
      #expect(
        try await fixture.target.value(
          """
          select string_agg(concat_ws('|', kind, local_row ->> 'v', remote_row ->> 'v', remote_before ->> 'v'), ' '
            order by kind) from trunkline.conflict_row where kind like '%differs' or kind like 'insert%'
          """) == "delete_differs|here|e insert_exists|here|there update_differs|here|there|c")
      #expect(
        try await fixture.target.value(
          "select (max(last_event) > 0 and max(last_time) <= clock_timestamp())::text from trunkline.conflict")
          == "true")
    }
  }

  @Test func errorStopsAndNamesTheFirstEvent() async throws {
    try await with { fixture in
      try await disagree(fixture)
      let stopping = try worker(fixture, "error")
      let before = try await rows(fixture.target)
      let text = try await fixture.refusal(stopping)
      let event = try await fixture.source.value(
        "select min(ev_id)::text from pgq.event_template where ev_data like '%there%'")
      #expect(text.contains("event \(event)") && text.contains("table public.t") && text.contains("policy is error"))
      #expect(try await rows(fixture.target) == before)
      // Mended, it goes on.
      try await fixture.target.run(
        "truncate t; insert into t values (2, 'b', 1), (3, 'c', 1), (4, 'd', 1), (5, 'e', 1), (6, 'f', 1), (7, 'g', 1)")
      try await stopping.drain()
      try await fixture.expectEqual("t")
      #expect(try await conflicts(fixture) == "")
    }
  }

  @Test(arguments: [true, false]) func theNewestStays(_ before: Bool) async throws {
    try await with(before: before) { fixture in
      try await disagree(fixture)
      // Of row 6 the target has an older version than the change.
      try await fixture.target.run("update t set v = 'older', at = 2 where id = 6")
      try await worker(fixture, "newest:at").drain()
      // A deletion has the time of the row that was deleted.
      #expect(try await rows(fixture.target) == "(1,here,5) (2,there,3) (3,here,5) (5,here,5) (6,there,3)")
      let found = try await conflicts(fixture)
      #expect(found.contains("insert_exists:kept:1") && found.contains("update_missing:written:1"))
      #expect(found.contains("update_differs:kept:1") == true)
      #expect(found.contains("delete_differs:kept:1") && found.contains("delete_missing:written:1"))
    }
  }

  @Test func aFunctionDecidesRowByRow() async throws {
    try await with { fixture in
      try await fixture.target.run(
        """
        create function merge(tab text, kind text, here jsonb, there jsonb, was jsonb) returns jsonb
        language sql as $$
          select case
            when kind = 'insert_exists' then there || jsonb_build_object('v', (here ->> 'v') || '+' || (there ->> 'v'))
            when kind = 'update_missing' then null
            when kind = 'update_differs' then jsonb_build_object('v', (was ->> 'v') || '>' || (here ->> 'v'))
            when kind = 'delete_differs' then 'null'::jsonb
          end
        $$
        """)
      try await disagree(fixture)
      try await worker(fixture, "t=function:public.merge").drain()
      #expect(try await rows(fixture.target) == "(1,here+there,3) (3,c>here,3) (6,there,3)")
      #expect(
        try await conflicts(fixture)
          == "delete_differs:written:1 delete_missing:kept:1 insert_exists:written:1 update_differs:written:1 "
          + "update_missing:kept:1")
    }
  }

  @Test func aFunctionThatFailsStopsTheWorker() async throws {
    try await with { fixture in
      try await disagree(fixture)
      let text = try await fixture.refusal(worker(fixture, "function:public.nothing"))
      #expect(text.contains("could not be decided by function:public.nothing"))
    }
  }

  @Test func allChangesOfAKeyInABatchAreOne() async throws {
    try await with { fixture in
      try await fixture.target.run("insert into t values (1, 'here', 5)")
      try await fixture.source.run(
        """
        insert into t values (1, 'a', 1); update t set v = 'b', at = 9 where id = 1; insert into t values (2, 'x', 1);
        update t set v = 'y' where id = 2; delete from t where id = 2; insert into t values (2, 'z', 1)
        """)
      try await fixture.tick()
      try await worker(fixture, "warn").drain()
      #expect(try await rows(fixture.target) == "(1,here,5) (2,z,1)")
      #expect(try await conflicts(fixture) == "insert_exists:kept:1")
    }
  }

  @Test func changedKeysTakeTheirOtherKeyAlong() async throws {
    try await with { fixture in
      try await fixture.change("insert into t values (1, 'a', 1), (2, 'b', 1), (3, 'c', 1)")
      try await fixture.target.run("update t set v = 'here' where id = 1; insert into t values (12, 'taken', 1)")
      try await fixture.source.run(
        """
        update t set id = 11 where id = 1; update t set v = 'later' where id = 11;
        update t set id = 12 where id = 2; update t set id = 13 where id = 3
        """)
      try await fixture.tick()
      try await worker(fixture, "warn").drain()
      #expect(try await rows(fixture.target) == "(1,here,1) (2,b,1) (12,taken,1) (13,c,1)")
      #expect(try await conflicts(fixture) == "insert_exists:kept:1 update_differs:kept:1")
    }
  }

  @Test func largeBatchesAreLookedAtAsASet() async throws {
    try await with { fixture in
      try await fixture.target.run("insert into t select g, 'here', g from generate_series(1, 20000, 2) g")
      try await fixture.source.run("insert into t select g, 'there', 10000 from generate_series(1, 20000) g")
      try await fixture.tick()
      try await worker(fixture, "newest:at").drain()
      #expect(
        try await fixture.target.value(
          "select count(*) || ' ' || bool_and((v = 'here') = (id % 2 = 1 and id > 10000)) from t") == "20000 true")
      #expect(try await conflicts(fixture) == "insert_exists:kept:5000 insert_exists:written:5000")
    }
  }

  @Test func truncateIsNoConflict() async throws {
    try await with { fixture in
      try await fixture.target.run("insert into t values (1, 'here', 5)")
      try await fixture.source.run("truncate t; insert into t values (1, 'there', 1)")
      try await fixture.tick()
      try await worker(fixture, "error").drain()
      #expect(try await rows(fixture.target) == "(1,there,1)")
    }
  }

  @Test func jsonAndOtherTypesAreCompared() async throws {
    let tables = "create table t (id int primary key, v json, n numeric, j jsonb, p point, a text[])"
    try await ReplicationFixture.with(tables: tables, captured: []) { fixture in
      try await fixture.source.run("select trunkline.capture_add('t', 'changes', '{\"before\": true}')")
      try await fixture.worker().drain()
      try await fixture.change(
        """
        insert into t values (1, '{"a" : 1}', 1.50, '"x"', '(1,2)', '{a,NULL}'), (2, 'null', 'NaN', 'null', null, '{}')
        """)
      try await fixture.change("update t set n = n + 1", by: worker(fixture, "error"))
      try await fixture.expectEqual("t")
    }
  }

  @Test func aTimeThatIsNotThereIsAsked() async throws {
    try await with { fixture in
      try await fixture.source.run("insert into t values (1, 'a', 1)")
      try await fixture.tick()
      #expect(try await fixture.refusal(worker(fixture, "newest:changed")).contains("no column \"changed\""))
    }
  }
}
