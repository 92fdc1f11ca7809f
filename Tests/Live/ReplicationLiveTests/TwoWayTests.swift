import EventFormats
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Two databases replicate each other: what came from the one does not go back, and conflicts end the same on both sides.
@Suite struct TwoWayTests {
  static let tables = """
    create table t (id int primary key, v text, at int);
    create table part (id int primary key, v text) partition by range (id);
    create table part_1 partition of part for values from (0) to (100)
    """

  /// Each way is a fixture: `there` has source and target exchanged.
  struct Pair {
    var here: ReplicationFixture, there: ReplicationFixture
    var user = "postgres"
    var policy: String?

    func worker(_ fixture: ReplicationFixture) throws -> ReplicationWorker {
      var worker = fixture.worker(targetUser: user)
      if let policy { try worker.conflicts.add(policy) }
      return worker
    }

    /// Brings everything to the other side, first from here to there, or the other way round.
    func exchange(hereFirst: Bool = true) async throws {
      try await here.tick()
      try await there.tick()
      for fixture in hereFirst ? [here, there] : [there, here] { try await worker(fixture).drain() }
    }

    /// Expects nothing to be on its way: what was applied made no events.
    func expectSilence(_ sourceLocation: SourceLocation = #_sourceLocation) async throws {
      for fixture in [here, there] {
        try await fixture.tick()
        let events = try await worker(fixture).drain()
        #expect(events == 0, "events came back", sourceLocation: sourceLocation)
      }
    }

    func rows() async throws -> (here: String, there: String) {
      let sql = "select coalesce(string_agg(t::text, ' ' order by id), '') from t"
      return (try await here.source.value(sql), try await there.source.value(sql))
    }
  }

  private func with(
    _ policy: String?, isPrivileged: Bool = true, _ body: (Pair) async throws -> Void
  ) async throws {
    try await withDatabase { left in
      try await withDatabase { right in
        let role = FreshName.next("applier")
        try await left.run("create role \(role) login")
        for database in [left, right] {
          try await database.run(
            """
            \(Self.tables);
            select pgq.create_queue('changes');
            select trunkline.capture_add(x::regclass, 'changes', '{"origin_only": true, "before": true}')
              from unnest('{t,part}'::text[]) x;
            select trunkline.grant_apply('\(role)');
            grant select, insert, update, delete, truncate on t, part, part_1 to \(role)
            """)
        }
        let pair = Pair(
          here: ReplicationFixture(source: left, target: right), there: ReplicationFixture(source: right, target: left),
          user: isPrivileged ? "postgres" : role, policy: policy)
        try await pair.exchange()
        try await body(pair)
      }
    }
  }

  @Test(arguments: [true, false]) func whatWasAppliedDoesNotGoBack(_ isPrivileged: Bool) async throws {
    try await with(nil, isPrivileged: isPrivileged) { pair in
      try await pair.here.source.run(
        """
        insert into t values (1, 'a', 1), (2, 'b', 1), (3, 'c', 1); update t set id = 9, v = 'd' where id = 3;
        insert into part values (1, 'x'); update part set v = 'y'
        """)
      try await pair.there.source.run("insert into t values (11, 'A', 1), (12, 'B', 1); delete from t where id = 12")
      try await pair.exchange()
      try await pair.expectSilence()
      try await pair.here.source.run("delete from t where id = 11; update t set v = 'bb' where id = 2; truncate part")
      try await pair.exchange(hereFirst: false)
      try await pair.expectSilence()
      try await pair.here.expectEqual("t", "part")
      #expect(try await pair.rows().here == "(1,a,1) (2,bb,1) (9,d,1)")
    }
  }

  @Test func largeBatchesDoNotGoBack() async throws {
    try await with(nil) { pair in
      try await pair.here.source.run("insert into t select g, 'v', g from generate_series(1, 5000) g")
      try await pair.exchange()
      try await pair.expectSilence()
      try await pair.here.expectEqual("t")
    }
  }

  /// Both sides change the same rows before they hear of each other.
  private func disagree(_ pair: Pair) async throws {
    try await pair.here.source.run("insert into t select g, 'start', 1 from generate_series(2, 6) g")
    try await pair.exchange()
    try await pair.here.source.run(
      """
      insert into t values (1, 'here', 5); update t set v = 'here', at = 5 where id in (2, 4);
      update t set v = 'here', at = 7 where id in (3, 6); delete from t where id = 5
      """)
    try await pair.there.source.run(
      """
      insert into t values (1, 'there', 4); update t set v = 'there', at = 6 where id in (2, 3);
      delete from t where id = 4; update t set v = 'there', at = 6 where id = 5;
      update t set v = 'there', at = 7 where id = 6
      """)
  }

  @Test(arguments: [true, false], [true, false])
  func theNewestStaysOnBothSides(_ hereFirst: Bool, _ isPrivileged: Bool) async throws {
    try await with("newest:at", isPrivileged: isPrivileged) { pair in
      try await disagree(pair)
      try await pair.exchange(hereFirst: hereFirst)
      try await pair.exchange(hereFirst: hereFirst)
      try await pair.expectSilence()
      let rows = try await pair.rows()
      // Row 6 has the same time on both sides: there the greater text stays.
      #expect(rows.here == "(1,here,5) (2,there,6) (3,here,7) (4,here,5) (5,there,6) (6,there,7)")
      #expect(rows.there == rows.here)
    }
  }

  @Test func warnKeepsEachSidesOwn() async throws {
    try await with("warn") { pair in
      try await disagree(pair)
      try await pair.exchange()
      let rows = try await pair.rows()
      #expect(rows.here == "(1,here,5) (2,here,5) (3,here,7) (4,here,5) (6,here,7)")
      #expect(rows.there == "(1,there,4) (2,there,6) (3,there,6) (5,there,6) (6,there,7)")
      try await pair.expectSilence()
      #expect(try await pair.here.target.value("select sum(conflicts)::text from trunkline.conflict") == "6")
    }
  }

  @Test func overwriteTakesEachOthersAndErrorStopsBoth() async throws {
    try await with("overwrite") { pair in
      try await disagree(pair)
      try await pair.exchange()
      try await pair.expectSilence()
      #expect(try await pair.rows().there.hasPrefix("(1,here,5) (2,here,5) (3,here,7)"))
    }
    try await with("error") { pair in
      try await disagree(pair)
      try await pair.here.tick()
      try await pair.there.tick()
      for fixture in [pair.here, pair.there] {
        await #expect(throws: ApplyError.self) { try await pair.worker(fixture).drain() }
        #expect(
          try await fixture.target.value("select error from trunkline.position").contains("conflict policy is error"))
      }
    }
  }

  @Test func aFunctionOnBothSidesMerges() async throws {
    try await with("function:public.greatest_text") { pair in
      for database in [pair.here.source, pair.there.source] {
        try await database.run(
          """
          create function greatest_text(tab text, kind text, here jsonb, there jsonb, was jsonb) returns jsonb
          language sql as $$ select case when (here ->> 'v') > (there ->> 'v') then here else coalesce(there, here) end $$
          """)
      }
      try await disagree(pair)
      try await pair.exchange()
      let rows = try await pair.rows()
      #expect(
        rows.here.contains("(1,there,4) (2,there,6) (3,there,6)") && rows.there.contains("(1,there,4) (2,there,6)"))
      try await pair.expectSilence()
    }
  }

  /// Workers and applications that write the same rows can deadlock, as any two writers.
  private static func runThroughDeadlocks(_ database: TestDatabase, _ sql: String) async throws {
    while true {
      do { return try await database.run(sql) } catch let error as PostgresError where error.sqlState == "40P01" {}
    }
  }

  @Test func bothSidesConvergeUnderLoad() async throws {
    try await with("newest:at") { pair in
      let forward = try pair.worker(pair.here), back = try pair.worker(pair.there)
      try await running(forward) {
        try await running(back) {
          try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, database) in [pair.here.source, pair.there.source].enumerated() {
              group.addTask {
                for round in 1...40 {
                  try await Self.runThroughDeadlocks(
                    database,
                    """
                    insert into t select g, 'side \(number) \(round)', \(round) from generate_series(\(round % 9 + 1), 60, 9) g
                      on conflict (id) do update set v = excluded.v, at = greatest(t.at + 1, excluded.at);
                    update t set v = 'updated \(number) \(round)', at = at + 1 where id % 7 = \(round % 7);
                    select pgq._make_tick('changes')
                    """)
                }
              }
            }
            try await group.waitForAll()
          }
          try await pair.here.waitUntilApplied()
          try await pair.there.waitUntilApplied()
        }
      }
      let rows = try await pair.rows()
      #expect(rows.here == rows.there)
      #expect(!rows.here.isEmpty)
    }
  }

  @Test func theMarkCannotBeForged() async throws {
    try await with(nil) { pair in
      let role = FreshName.next("writer")
      try await pair.here.source.run("create role \(role) login; grant select, insert on t to \(role)")
      try await pair.here.source.withConnection(user: role) { connection in
        await #expect(throws: PostgresError.self) { try await connection.execute("select trunkline.begin_apply()") }
        await #expect(throws: PostgresError.self) { try await connection.execute("select trunkline._apply_mark()") }
        await #expect(throws: PostgresError.self) {
          try await connection.execute("select * from trunkline.apply_secret")
        }
        try await connection.execute("set trunkline.applying = 'on'")
        try await connection.execute("insert into t values (1, 'a', 1)")
      }
      // A mark of another transaction does not count either.
      try await pair.here.source.withConnection { connection in
        let mark = try await connection.transaction { connection in
          try await connection.execute("select trunkline.begin_apply()")
          try await connection.execute("insert into t values (2, 'b', 1)")
          return try await connection.query("select current_setting('trunkline.applying')").first?
            .decode(0, as: String.self) ?? ""
        }
        #expect(mark.count == 64)
        try await connection.execute("set trunkline.applying = '\(mark)'")
        try await connection.execute("insert into t values (3, 'c', 1)")
      }
      #expect(
        try await pair.here.source.value(
          "select string_agg(ev_data::json ->> 'id', ' ' order by ev_id) from pgq.event_template")
          == "1 3")
    }
  }
}
