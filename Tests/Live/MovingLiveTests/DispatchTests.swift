import EventFormats
import EventQueue
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// `dispatch` with its partitions.
@Suite struct DispatchTests {
  private static let children =
    """
    select string_agg(c.relname, ' ' order by c.relname) from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 't'::regclass
    """

  private func load(_ fixture: MovingFixture, _ sql: String, _ handler: String) async throws {
    let table = try QualifiedName(unquoted: "public.t")
    let made = try HandlerRegistry.standard.make(HandlerSpec(parsing: handler), HandlerContext(table: table))
    try await fixture.load(sql, LoadOptions.with { $0.handlers.add(made, for: table) })
  }

  private static func with(
    _ target: String = "create table t (id int primary key, v text, day date)",
    _ body: (MovingFixture) async throws -> Void
  ) async throws {
    try await MovingFixture.with { fixture in
      try await fixture.source.run(
        "create table t (id int primary key, v text, day date); select trunkline.capture_add('t', 'orders')")
      try await fixture.target.run(target)
      try await body(fixture)
    }
  }

  @Test func theLatestRowOfEachDayIsKept() async throws {
    try await Self.with { fixture in
      let handler = "daily_field(part_field=day&fixed_part_field=1)"
      try await load(
        fixture, "insert into t values (1, 'a', '2020-01-31'), (2, 'b', '2020-02-01'); update t set v = v || '!'",
        handler)
      #expect(try await fixture.target.value(Self.children) == "t_2020_01_31 t_2020_02_01")
      #expect(try await fixture.rows("t_2020_01_31") == "(1,a!,2020-01-31)")
      try await load(
        fixture, "update t set v = 'c', day = '2020-02-02' where id = 1; delete from t where id = 2", handler)
      #expect(try await fixture.rows("t") == "(1,a!,2020-01-31) (1,c,2020-02-02)")
      #expect(try await fixture.rows("only t") == "")
      // Made by londiste.create_partition(): with a check on the day.
      #expect(
        try await fixture.target.value(
          "select count(*)::text from pg_constraint where conrelid = 't_2020_02_02'::regclass and contype = 'c'") == "1"
      )
    }
  }

  @Test func everyChangeIsKept() async throws {
    try await Self.with("create table t (id int, v text, day date)") { fixture in
      try await load(
        fixture, "insert into t values (1, 'a', null); update t set v = 'b'; delete from t",
        "monthly_batch(row_mode=keep_all)")
      #expect(try await fixture.rows("t") == "(1,a,) (1,b,)")
      #expect(try await fixture.rows("only t") == "")
    }
  }

  @Test func rowsMoveWithTheirField() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.both("create table t (id int primary key, v text, day date)")
      try await fixture.source.run("select trunkline.capture_add('t', 'orders', '{\"before\": true}')")
      let handler = "dispatch(part_mode=date_field&part_field=day&period=month)"
      try await load(fixture, "insert into t values (1, 'a', '2020-01-31'), (2, 'b', '2020-01-01')", handler)
      try await load(
        fixture, "update t set day = '2020-02-01' where id = 1; update t set v = 'c' where id = 2", handler)
      #expect(try await fixture.rows("t_2020_01") == "(2,c,2020-01-01)")
      #expect(try await fixture.rows("t_2020_02") == "(1,a,2020-02-01)")
      try await load(
        fixture, "update t set id = 9, day = '2020-03-01' where id = 1; delete from t where id = 2", handler)
      #expect(try await fixture.rows("t") == "(9,a,2020-03-01)")
    }
  }

  @Test func aPartitionedTableGetsItsPartitions() async throws {
    try await Self.with("create table t (id int, v text, day date, primary key (id, day)) partition by range (day)") {
      fixture in
      let handler = "dispatch(part_mode=date_field&part_field=day&period=year)"
      try await load(fixture, "insert into t values (1, 'a', '2020-01-31'), (2, 'b', '2021-02-01')", handler)
      #expect(try await fixture.target.value(Self.children) == "t_2020 t_2021")
      let error = await #expect(throws: ApplyError.self) {
        try await load(fixture, "insert into t values (3, 'a', '2022-01-01')", "dispatch(part_mode=event_time)")
      }
      #expect(error?.remedy.contains("part_field=day") == true)
    }
  }

  @Test func columnsAreChosenAndRenamed() async throws {
    try await Self.with("create schema app; create table app.log (key int primary key, v text, m text)") { fixture in
      try await load(
        fixture, "insert into t values (1, 'a', '2020-01-01')",
        "dispatch(table_mode=direct&table=app.log&fields=id%3Akey%2Cv%2Cmissing%3Am)")
      #expect(try await fixture.rows("app.log") == "(1,a,)")
      try await load(
        fixture, "update t set v = 'b'", "dispatch(table_mode=direct&table=app.log&fields=id%3Akey%2Cv)")
      #expect(try await fixture.rows("app.log") == "(1,b,)")
    }
  }

  @Test func partitionsAreMadeByAFunctionOfYours() async throws {
    try await Self.with(
      """
      create table t (id int primary key, v text, day date); create table made (what text);
      create function make(parent text, part text, pkeys text, part_field text, part_time timestamptz, period text)
      returns void language plpgsql as $$
      begin
        execute format('create table %s () inherits (%s)', part, parent);
        execute format('alter table %s add primary key (id)', part);
        insert into made values (concat_ws('/', parent, part, pkeys, part_field, part_time::date, period));
      end $$
      """
    ) { fixture in
      try await load(
        fixture, "insert into t values (1, 'a', '2020-01-31')",
        """
        dispatch(part_mode=date_field&part_field=day&part_func=public.make&pre_part=insert+into+made+values%28'before'%29\
        &post_part=insert+into+made+values%28'%25%28part%29s'%29)
        """)
      #expect(
        try await fixture.target.value("select string_agg(what, ' ') from made")
          == "before public.t/public.t_2020_01_31/id/day/2020-01-31/day public.t_2020_01_31")
      #expect(try await fixture.rows("t_2020_01_31") == "(1,a,2020-01-31)")
    }
  }

  @Test func partitionsAreMadeByATemplate() async throws {
    try await Self.with { fixture in
      try await load(
        fixture, "insert into t values (1, 'a', '2020-01-31')",
        """
        dispatch(part_mode=date_field&part_field=day&part_name=x_%25%28parent%29s_%25%28year%29s_%25%28month%29s_\
        %25%28day%29s&part_template=create+table+%25%28part%29s+%28primary+key+%28%25%28pkeys%29s%29%29+inherits+\
        %28%25%28parent%29s%29)
        """)
      #expect(try await fixture.rows("x_t_2020_01_31") == "(1,a,2020-01-31)")
      let error = await #expect(throws: ApplyError.self) {
        try await load(
          fixture, "insert into t values (2, 'a', '2020-02-01')",
          "dispatch(part_mode=date_field&part_field=day&part_template=create+tabel)")
      }
      #expect(error?.reason.contains("t_2020_02_01 could not be made") == true)
    }
  }

  @Test func oldPartitionsGoAndOldEventsAreLeftOut() async throws {
    try await Self.with { fixture in
      let handler = "dispatch(part_mode=date_field&part_field=day&retention_period=30+days"
      try await load(
        fixture, "insert into t values (1, 'old', current_date - 100), (2, 'new', current_date)", handler + ")")
      #expect(try await fixture.rows("t", "v") == "new")
      try await fixture.target.run("create table t_own () inherits (t)")
      try await load(
        fixture, "insert into t values (3, 'old', current_date - 100), (4, 'newer', current_date + 1)",
        handler + "&ignore_old_events=1)")
      #expect(try await fixture.rows("t", "v") == "new newer")
      #expect(try await fixture.target.value("select count(*)::text from trunkline.load_partition") == "2")
      #expect(try await fixture.target.value("select to_regclass('t_own')::text") == "t_own")
    }
  }

  @Test func truncateEmptiesThePartitions() async throws {
    try await Self.with { fixture in
      let handler = "dispatch(part_mode=date_field&part_field=day&fixed_part_field=1)"
      try await load(fixture, "insert into t values (1, 'a', '2020-01-31'), (2, 'b', '2020-02-01')", handler)
      try await load(fixture, "truncate t; insert into t values (3, 'c', '2020-01-31')", handler)
      #expect(try await fixture.rows("t") == "(3,c,2020-01-31)")
    }
  }

  @Test func insertOnlyRefusesChangesAndNamesTheEvent() async throws {
    try await Self.with { fixture in
      let error = await #expect(throws: ApplyError.self) {
        try await load(
          fixture, "insert into t values (1, 'a', null); update t set v = 'b'", "dispatch(table_mode=direct&method=3)")
      }
      #expect(error?.event != nil && error?.remedy.contains("event_types=I") == true)
      try await load(fixture, "select 1", "dispatch(table_mode=direct&method=3&event_types=I)")
      #expect(try await fixture.rows("t") == "(1,a,)")
    }
  }
}
