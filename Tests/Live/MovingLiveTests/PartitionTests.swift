import EventFormats
import EventQueue
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Rows go into partitions by date, which are made and dropped as time goes on.
@Suite struct PartitionTests {
  private func prepare(_ fixture: MovingFixture, _ target: String) async throws {
    try await fixture.source.run(
      """
      create table t (id int, day date, v text, primary key (id, day)); select trunkline.capture_add('t', 'orders')
      """)
    try await fixture.target.run(target)
  }

  private func scheme(
    _ period: PartitionPeriod, _ change: (inout LoadOptions) -> Void = { _ in }
  ) throws -> LoadOptions {
    try LoadOptions.with {
      $0.partitions = try PartitionScheme(.column("day"), period)
      change(&$0)
    }
  }

  private static let tables =
    "select string_agg(c.relname, ' ' order by c.relname) from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 't'::regclass"

  @Test func aPartitionedTableGetsItsPartitions() async throws {
    try await MovingFixture.with { fixture in
      try await prepare(
        fixture,
        "create table t (id int, day date, v text, primary key (id, day)) partition by range (day)")
      try await fixture.load(
        """
        insert into t values (1, '2020-01-31', 'a'), (2, '2020-02-01', 'b'), (3, '2020-02-29', 'c');
        update t set day = '2020-03-01' where id = 1; delete from t where id = 2
        """, scheme(.month))
      #expect(try await fixture.target.value(Self.tables) == "t_2020_01 t_2020_02 t_2020_03")
      #expect(try await fixture.rows("t") == "(1,2020-03-01,a) (3,2020-02-29,c)")
      #expect(try await fixture.rows("t_2020_03") == "(1,2020-03-01,a)")
      // Those of somebody else are used as they are.
      try await fixture.target.run("create table y2021 partition of t for values from ('2021-01-01') to ('2022-01-01')")
      try await fixture.load("insert into t values (9, '2021-05-05', 'z')", scheme(.month))
      #expect(try await fixture.rows("y2021") == "(9,2021-05-05,z)")
    }
  }

  @Test func aPlainTableGetsTablesThatInheritFromIt() async throws {
    try await MovingFixture.with { fixture in
      try await prepare(fixture, "create table t (id int, day date, v text, primary key (id, day))")
      try await fixture.load(
        """
        insert into t values (1, '2020-01-31', 'a'), (2, '2020-02-01', 'b');
        update t set v = 'c' where id = 1; delete from t where id = 2
        """, scheme(.day))
      #expect(try await fixture.target.value(Self.tables) == "t_2020_01_31 t_2020_02_01")
      #expect(try await fixture.rows("t") == "(1,2020-01-31,c)")
      #expect(try await fixture.rows("only t") == "")
      // The key is the parent's, and rows of other days are refused.
      await #expect(throws: PostgresError.self) {
        try await fixture.target.run("insert into t_2020_01_31 values (7, '2020-02-02', 'x')")
      }
    }
  }

  @Test func anUpdateThatCouldLeaveItsOldRowBehindIsRefused() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.source.run(
        "create table t (id int primary key, day date, v text); select trunkline.capture_add('t', 'orders')")
      try await fixture.target.run("create table t (id int primary key, day date, v text)")
      let sql = "insert into t values (1, '2020-01-31', 'a'); update t set day = '2020-02-01' where id = 1"
      let error = await #expect(throws: ApplyError.self) { try await fixture.load(sql, scheme(.day)) }
      #expect(error?.remedy.contains("--fixed-partition-column") == true)
      #expect(try await fixture.target.value(Self.tables) == "")
      // The latest row of each day is something else.
      try await fixture.loader(scheme(.day) { $0.mode = .latest }).drain()
      #expect(try await fixture.rows("t") == "(1,2020-01-31,a) (1,2020-02-01,a)")
      try await fixture.load("update t set v = 'b' where id = 1", scheme(.day) { $0.mode = .latest })
      #expect(try await fixture.rows("t") == "(1,2020-01-31,a) (1,2020-02-01,b)")
    }
  }

  @Test func aChangedPartitionKeyTakesItsRowAlong() async throws {
    try await MovingFixture.with { fixture in
      try await prepare(fixture, "create table t (id int, day date, v text, primary key (id, day))")
      try await fixture.load(
        "insert into t values (1, '2020-01-31', 'a'), (2, '2020-01-31', 'b'), (3, '2020-01-31', 'c')", scheme(.day))
      try await fixture.load(
        """
        update t set day = '2020-02-01' where id = 1; update t set id = 20 where id = 2;
        update t set day = '2020-02-01', v = 'd' where id = 3; update t set v = 'e' where id = 3
        """, scheme(.day))
      #expect(try await fixture.rows("t") == "(1,2020-02-01,a) (20,2020-01-31,b) (3,2020-02-01,e)")
      #expect(try await fixture.rows("t_2020_01_31") == "(20,2020-01-31,b)")
    }
  }

  @Test func partitionsAreThereAlsoWhenABatchNeedsASecondAttempt() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.target.run(
        "create table t (id int, day date, v int, primary key (id, day)) partition by range (day)")
      try await fixture.source.run(
        """
        select pgq.insert_event('orders', 'I:id,day', data, 'public.t', null, null, null)
        from unnest(array['id=1&day=2020-01-01&v=1', 'id=2&day=2020-01-02&v=word', 'id=3&day=2020-01-03&v=3',
          'id=4&day=soon&v=4', 'id=5&v=5']) data
        """)
      try await fixture.tick()
      try await fixture.loader(scheme(.day) { $0.parksBadEvents = true }).drain()
      #expect(try await fixture.rows("t") == "(1,2020-01-01,1) (3,2020-01-03,3)")
      #expect(try await fixture.rows("trunkline.rejected_event", "ev_id::text") == "2 4 5")
    }
  }

  @Test func aStrangersTableIsNotTakenForAPartition() async throws {
    try await MovingFixture.with { fixture in
      try await prepare(
        fixture, "create table t (id int, day date, v text); create table t_2020 (id int, day date, v text)")
      let error = await #expect(throws: ApplyError.self) {
        try await fixture.load("insert into t values (1, '2020-01-31', 'a')", scheme(.year))
      }
      #expect(error?.reason.contains("no partition") == true)
      #expect(try await fixture.rows("t_2020") == "")
    }
  }

  @Test func aLoaderOfManyPartitionsKeepsFewTemporaryTables() async throws {
    try await MovingFixture.with { fixture in
      try await prepare(fixture, "create table t (id int, day date, v text, primary key (id, day))")
      var worker = try fixture.loader(scheme(.day) { $0.mode = .latest })
      worker.maximumEvents = 1
      try await running(worker) {
        for round in 0..<4 {
          try await fixture.source.run(
            "insert into t select n, date '2020-01-01' + n, 'v' from generate_series(\(round * 80), \(round * 80 + 79)) n"
          )
          try await fixture.waitUntilApplied()
        }
        let tables = try await fixture.target.value(
          "select count(*)::text from pg_class where relname like 'trunkline\\_net%' and relkind = 'r'")
        #expect(try #require(Int(tables)) <= 240)
      }
      #expect(try await fixture.target.value("select count(*)::text from t") == "320")
    }
  }

  @Test func aLogByEventTime() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.source.run("create table t (id int primary key); select trunkline.capture_add('t', 'orders')")
      try await fixture.target.run(
        "create schema log; create table t (id int, ev_op text, ev_time timestamptz) partition by range (ev_time)")
      let options = try LoadOptions.with {
        $0.mode = .log
        $0.partitions = try PartitionScheme(.event, .year, template: "log.{table}_{year}")
      }
      try await fixture.load("insert into t values (1); delete from t", options)
      #expect(try await fixture.rows("t", "id || ev_op") == "1D 1I")
      #expect(
        try await fixture.target.value(
          "select to_regclass('log.t_' || to_char(now() at time zone 'UTC', 'YYYY'))::text") != "")
    }
  }

  @Test func oldPartitionsAreDroppedAndOnlyOwnOnes() async throws {
    try await MovingFixture.with { fixture in
      try await prepare(
        fixture, "create table t (id int, day date, v text, primary key (id, day)) partition by range (day)")
      try await fixture.target.run("create table mine partition of t for values from ('2019-01-01') to ('2019-02-01')")
      try await fixture.load(
        """
        insert into t select n, (now() at time zone 'UTC')::date - n, '' from generate_series(0, 4) n;
        insert into t values (9, '2019-01-05', '')
        """, scheme(.day))
      let arguments = ["--partition-by", "day", "--keep", "3"]
      let dry = try await fixture.load(arguments + ["--dry-run"])
      #expect(dry.standardOutput.split(separator: "\n").count == 2, "\(dry.standardOutput) \(dry.standardError)")
      #expect(try await fixture.rows("t", "id::text") == "0 1 2 3 4 9")
      try await fixture.source.run("insert into t values (5, now() at time zone 'UTC', '')")
      try await fixture.tick()
      let run = try await fixture.load(arguments + ["--once"])
      #expect(run.status == 0, "\(run.standardError)")
      #expect(run.standardError.contains("dropped an old partition"))
      #expect(try await fixture.rows("t", "id::text") == "0 1 2 5 9")
      #expect(try await fixture.target.value("select count(*)::text from trunkline.load_partition") == "3")
    }
  }
}

extension MovingFixture {
  fileprivate func load(_ arguments: [String]) async throws -> Program.Output {
    var program = try command("load")
    program.arguments += arguments
    return try await program.run()
  }
}
