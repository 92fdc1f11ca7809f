import EventFormats
import Foundation
import PostgresClient
import PostgresTesting
import TableComparison
import TableReplication
import Testing

/// Replication between servers of different majors: from the tests' server to the one in `TRUNKLINE_PG_OTHER_BIN`, and back.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TRUNKLINE_PG_OTHER_BIN"]?.isEmpty == false))
struct CrossVersionTests {
  static let tables = """
    create type mood as enum ('sad', 'ok');
    create table parent (id int primary key, n numeric, f float8, t timestamptz, j jsonb, a text[], m mood, i interval);
    create table child (id bigint generated always as identity primary key, p int references parent on delete cascade,
      twice int generated always as (p * 2) stored, b bytea, r int4range, x text);
    create table part (k int, id int, v text, primary key (k, id)) partition by list (k);
    create table part_1 partition of part for values in (1);
    create table part_2 partition of part for values in (2);
    """
  static let writes = """
    insert into parent select g, g / 7.0, g / 3.0::float8, timestamptz '2026-01-01' + g * interval '1 hour 1 us',
      jsonb_build_object('g', g, 't', 'x' || chr(19968 + g % 1000)), array['a,' || g, null, '"q"'],
      case when g % 2 = 0 then 'ok' end::mood, g * interval '1 day 2 seconds' from generate_series(1, 3000) g;
    insert into child (p, b, r, x) select id, decode(md5(id::text), 'hex'), int4range(id, id + 5), E'tab\\t\\\\' || id
      from parent;
    insert into part select 1 + g % 2, g, 'v' from generate_series(1, 1000) g;
    """
  static let changes = """
    update parent set n = 'NaN', j = null where id % 5 = 0; delete from parent where id % 7 = 0;
    update part set k = 3 - k where id % 3 = 0; update parent set id = -id where id < 20 and id % 7 <> 0
      and not exists (select 1 from child c where c.p = parent.id and c.id < 0);
    """

  @Test(arguments: [false, true]) func everythingArrives(_ isReversed: Bool) async throws {
    let other = try PostgresBinaries(directory: ProcessInfo.processInfo.environment["TRUNKLINE_PG_OTHER_BIN"] ?? "")
    try await PrivateCluster.with { here in
      try await PrivateCluster.with(ClusterConfiguration(binaries: other)) { there in
        let clusters = isReversed ? (there, here) : (here, there)
        let tables = Self.tables.replacing("on delete cascade", with: "on delete cascade on update cascade")
        try await ReplicationFixture.with(
          clusters: clusters, tables: tables, captured: ["parent", "child", "part"]
        ) { fixture in
          try await fixture.source.run("insert into parent (id) values (5000), (5001)")
          var worker = fixture.worker()
          worker.tablesToCopy = [
            try .init(schema: "public", name: "parent"), try .init(schema: "public", name: "child"),
            try .init(schema: "public", name: "part"),
          ]
          try await worker.drain()
          try await fixture.change(Self.writes, by: worker)
          try await fixture.expectEqual("parent", "child", "part")
          try await fixture.change(Self.changes, by: worker)
          try await fixture.expectEqual("parent", "child", "part")
          try await fixture.change("truncate parent cascade; insert into parent (id) values (1);", by: worker)
          try await fixture.expectEqual("parent", "child", "part")
        }
      }
    }
  }

  @Test(arguments: [false, true]) func comparisonsAreAlignedAndRepaired(_ isReversed: Bool) async throws {
    let other = try PostgresBinaries(directory: ProcessInfo.processInfo.environment["TRUNKLINE_PG_OTHER_BIN"] ?? "")
    try await PrivateCluster.with { here in
      try await PrivateCluster.with(ClusterConfiguration(binaries: other)) { there in
        let clusters = isReversed ? (there, here) : (here, there)
        try await ReplicationFixture.with(
          clusters: clusters, tables: ReplicationFixture.loadTables, captured: ["account", "entry"]
        ) { fixture in
          try await fixture.fillLoadTables()
          try await fixture.worker().drain()
          try await fixture.underLoad {
            for table in ["account", "entry"] {
              let equal = try await fixture.compare(.named(table), fixture.databases())
              #expect(equal.isEqual, "\(equal)")
            }
          }
          try await fixture.change("select 1", by: fixture.worker())
          try await fixture.target.run("update account set balance = balance - 1 where id = 7")
          let found = try await fixture.compare(.named("account"), fixture.databasesAtRest())
          #expect(found.rows.contains { $0.difference == .changed && $0.key == ["7"] })
        }
      }
    }
  }
}
