import EventFormats
import PostgresClient
import PostgresTesting
import TableComparison
import Testing

/// Differences of every kind, each found exactly where it is.
@Suite struct PlantedDifferenceTests {
  private func expect(
    _ differences: [String], tables: String, onTarget: String = "", fill: String, plant: String,
    table: ComparedTable? = nil,
    _ sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await ReplicationFixture.with(tables: tables, onTarget: onTarget, captured: []) { fixture in
      try await fixture.source.run(fill)
      try await fixture.target.run(fill)
      let compared = try table ?? .named("t")
      for chunk in [7, 20_000] {
        let equal = try await fixture.compare(compared, fixture.databasesAtRest(), lanes: 2) { $0.chunkRows = chunk }
        #expect(equal.isEqual && equal.sourceRows > 0, "\(equal)", sourceLocation: sourceLocation)
      }
      try await fixture.target.run(plant)
      for chunk in [7, 20_000] {
        let found = try await fixture.compare(compared, fixture.databasesAtRest(), lanes: 2) {
          $0.chunkRows = chunk
          $0.maximumExamples = 1000
        }
        let rows = found.rows.map { "\($0.difference.rawValue) \($0.key.map { $0 ?? "NULL" }.joined(separator: "|"))" }
        #expect(rows.sorted() == differences.sorted(), sourceLocation: sourceLocation)
      }
    }
  }

  @Test func firstMiddleAndLastRows() async throws {
    try await expect(
      [
        "missing 1", "missing 500", "missing 1000", "surplus -5", "surplus 2000", "changed 2", "changed 501",
        "changed 999",
      ],
      tables: "create table t (id int primary key, v text)",
      fill: "insert into t select g, 'v' || g from generate_series(1, 1000) g",
      plant: """
        delete from t where id in (1, 500, 1000); insert into t values (-5, 'x'), (2000, 'x');
        update t set v = v || '.' where id in (2, 501, 999)
        """)
  }

  @Test func oneSideIsEmptyOrEndsFirst() async throws {
    let fill = "insert into t select g from generate_series(1, 50) g"
    try await expect(
      (31...50).map { "missing \($0)" }, tables: "create table t (id int primary key)", fill: fill,
      plant: "delete from t where id > 30")
    try await expect(
      (1...50).map { "missing \($0)" }, tables: "create table t (id int primary key)", fill: fill,
      plant: "delete from t")
    try await expect(
      (51...90).map { "surplus \($0)" }, tables: "create table t (id int primary key)", fill: fill,
      plant: "insert into t select g from generate_series(51, 90) g")
  }

  @Test func valuesThatLookAlike() async throws {
    try await expect(
      (1...12).map { "changed \($0)" },
      tables: """
        create table t (id int primary key, v text, n numeric, f float8, j jsonb, p json, c char(5), a text[], b bytea,
          s timestamp, i interval)
        """,
      fill: """
        insert into t (id) select g from generate_series(1, 20) g;
        update t set v = '' where id = 1; update t set n = 1.0, f = 0, j = '{"a": 1}', p = '{"a":1}', c = 'x', a = '{a,NULL}',
          b = '\\x00', s = '2026-01-01', i = '24 hours', v = 'x' where id > 1
        """,
      plant: """
        update t set v = null where id = 1; update t set n = 1.00 where id = 2; update t set f = '-0' where id = 3;
        update t set j = '{"a": 1.0}' where id = 4; update t set p = '{"a": 1}' where id = 5;
        update t set v = 'x ' where id = 6; update t set a = '{a,"NULL"}' where id = 7; update t set b = '' where id = 8;
        update t set s = s + '1 us' where id = 9; update t set i = '1 day' where id = 10;
        update t set f = 'NaN' where id = 11; update t set v = E'x\\t' where id = 12; update t set c = 'x    ' where id = 13;
        update t set j = ' {"a" :1}' where id = 14
        """)
  }

  @Test func otherOrderOfColumnsOtherNameAndSettingsMakeNoDifference() async throws {
    var table = try ComparedTable.named("t")
    table.target = try QualifiedName(schema: "archive", name: "T 2")
    table.ignored = ["loaded"]
    try await expect(
      ["changed 3"],
      tables: """
        create schema archive; create table t (id int primary key, at timestamptz, v text, twice int generated always as (id * 2) stored)
        """,
      onTarget: """
        drop table t; create table archive."T 2" (v varchar(90), loaded int, at timestamptz, id int primary key);
        create view t as select id, at, v from archive."T 2";
        do $$ begin
          execute format('alter database %I set timezone = ''Asia/Tokyo''', current_database());
          execute format('alter database %I set datestyle = ''German''', current_database());
          execute format('alter database %I set extra_float_digits = 0', current_database());
        end $$
        """,
      fill:
        "insert into t select g, timestamptz '2026-03-04 05:06:07.1+00' + g * interval '1 hour', 'v' from generate_series(1, 30) g",
      plant: "update archive.\"T 2\" set at = at + interval '1 us' where id = 3", table: table)
  }

  @Test func compositeKeysAndKeysThatAreText() async throws {
    let fill = """
      insert into t select chr(64 + g % 26) || chr(96 + g % 25) || g, date '2026-01-01' + g % 40, repeat('x', g % 9)
      from generate_series(1, 900) g; insert into t values ('ä', '2026-01-01', 'x'), ('a b', '2026-01-01', 'y')
      """
    let plant = """
      delete from t where k = 'ä'; update t set v = 'new' where k = 'a b'; insert into t values ('Ö', '2026-01-01', 'z')
      """
    let found = ["missing ä|2026-01-01", "changed a b|2026-01-01", "surplus Ö|2026-01-01"]
    try await expect(
      found, tables: "create table t (k text, d date, v text, primary key (k, d))", fill: fill, plant: plant)
    // the two sides sort their keys in different ways, if the server can
    if try await withDatabase({ try await $0.value("select count(*) from pg_collation where collname = 'en-x-icu'") })
      != "0"
    {
      try await expect(
        found, tables: "create table t (k text collate \"C\", d date, v text, primary key (k, d))",
        onTarget: "drop table t; create table t (k text collate \"en-x-icu\", d date, v text, primary key (k, d))",
        fill: fill, plant: plant)
    }
    try await expect(
      ["missing {1,2}"], tables: "create table t (k int[] primary key)",
      fill: "insert into t select array[g, 2] from generate_series(1, 100) g", plant: "delete from t where k = '{1,2}'")
  }

  @Test func tablesWithoutKeyCountRowsThatStandTwice() async throws {
    try await expect(
      ["missing 1|a", "surplus 3|NULL", "surplus 3|NULL"], tables: "create table t (v text, n int)",
      fill: "insert into t values ('a', 1), ('a', 1), ('a', 1), (null, 3), ('b', null)",
      plant: """
        delete from t where ctid = (select min(ctid) from t where v = 'a'); insert into t values (null, 3), (null, 3)
        """)
  }

  @Test func giantValuesDoNotTravel() async throws {
    try await expect(
      ["changed 2"], tables: "create table t (id int primary key, v text)",
      fill: """
        insert into t select g, (select string_agg(md5(n::text), '') from generate_series(1, 100000) n)
        from generate_series(1, 4) g
        """,
      plant: "update t set v = overlay(v placing 'Z' from 3000000) where id = 2")
  }

  @Test func partitionsAreComparedAsOneTable() async throws {
    try await expect(
      ["missing 5|7", "changed 6|8"],
      tables: """
        create table t (k int, id int, v text, primary key (k, id)) partition by list (k);
        create table t_1 partition of t for values in (0, 1, 2, 3, 4, 5); create table t_2 partition of t default
        """,
      onTarget: "drop table t; create table t (k int, id int, v text, primary key (k, id))",
      fill: "insert into t select 2 + g % 9, 2 + g % 11, 'v' from generate_series(1, 99) g",
      plant: "delete from t where k = 5 and id = 7; update t set v = 'w' where k = 6 and id = 8")
  }

  @Test func conditionsAndColumnsNarrowTheComparison() async throws {
    var table = try ComparedTable.named("t")
    table.conditions = ["id < 50 -- only the first"]
    table.columns = ["v"]
    try await expect(
      ["changed 3"], tables: "create table t (id int primary key, v text, w text)",
      fill: "insert into t select g, 'v', 'w' from generate_series(1, 100) g",
      plant: "update t set v = 'x' where id in (3, 60); update t set w = 'x' where id = 4", table: table)
  }
}
