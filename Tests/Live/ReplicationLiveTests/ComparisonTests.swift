import EventFormats
import PostgresTesting
import TableComparison
import Testing

@Suite struct ComparisonTests {
  static let tables = "create table t (id int primary key, v text, n numeric);"

  @Test func missingSurplusAndChangedRowsAreTold() async throws {
    try await ReplicationFixture.with(tables: Self.tables, captured: []) { fixture in
      for side in [fixture.source, fixture.target] {
        try await side.run("insert into t select g, 'v', g from generate_series(1, 500) g")
      }
      #expect(try await fixture.differences("t").count == 0)
      try await fixture.target.run(
        """
        delete from t where id in (1, 250, 500); insert into t values (1000, 's'), (-5, 's');
        update t set v = null where id = 7; update t set n = 8.0 where id = 8; update t set v = '' where id = 9
        """)
      let difference = try await fixture.differences("t")
      #expect(difference.missing == 3)
      #expect(difference.surplus == 2)
      #expect(difference.changed == 3)
      #expect(difference.sourceRows == 500)
      #expect(difference.targetRows == 499)
      #expect(Set(difference.rows.map { $0.key.first ?? nil }) == ["1", "250", "500", "1000", "-5", "7", "8", "9"])
    }
  }

  @Test func settingsOfTheServersMakeNoDifference() async throws {
    let tables = "create table t (id int primary key, at timestamptz, f float8, i interval, b bytea);"
    try await ReplicationFixture.with(tables: tables, captured: []) { fixture in
      try await fixture.target.run(
        """
        alter database \(fixture.target.name) set datestyle = 'German'; alter database \(fixture.target.name) set timezone = 'Asia/Tokyo';
        alter database \(fixture.target.name) set intervalstyle = iso_8601; alter database \(fixture.target.name) set bytea_output = escape
        """)
      for side in [fixture.source, fixture.target] {
        try await side.run("insert into t values (1, '2026-02-03 04:05:06+00', 0.1, '1 day', 'abc')")
      }
      try await fixture.expectEqual("t")
    }
  }

  @Test func rowsThatStandTwiceCountInTablesWithoutKey() async throws {
    try await ReplicationFixture.with(tables: "create table t (v text);", captured: []) { fixture in
      try await fixture.source.run("insert into t values ('a'), ('a'), ('b')")
      try await fixture.target.run("insert into t values ('a'), ('b'), ('b')")
      let difference = try await fixture.differences("t")
      #expect(difference.missing == 1)
      #expect(difference.surplus == 1)
    }
  }
}
