import Foundation
import PostgresTesting
import Testing

/// Nodes of a set on servers that differ: in version (`TRUNKLINE_PG_OTHER_BIN` names another server), or in how they sort.
@Suite struct MixedServersTests {
  private static let other = ProcessInfo.processInfo.environment["TRUNKLINE_PG_OTHER_BIN"] ?? ""

  private static let schema = """
    create type mood as enum ('sad', 'ok');
    create table person (name text primary key, mood mood, score numeric, ratio float8, born timestamptz, data jsonb, tags text[],
      span interval, unique (name, mood));
    create table visit (id bigint generated always as identity primary key, who text references person on update cascade on delete cascade,
      twice int generated always as (extract(day from at)::int * 2) stored, at timestamp, photo bytea, during int4range, note text);
    create index on visit (who, at);
    create table reading (day int, id int, v text, primary key (day, id)) partition by list (day);
    create table reading_1 partition of reading for values in (1);
    create table reading_2 partition of reading for values in (2);
    """
  /// Names that sort one way by bytes and another way by language.
  private static let rows = """
    insert into person select case g % 5 when 0 then 'Ärger ' when 1 then 'a-b ' when 2 then 'AB ' when 3 then 'zoo ' else '_x ' end || g,
      case when g % 2 = 0 then 'ok' end::mood, g / 7.0, g / 3.0::float8, timestamptz '2026-01-01' + g * interval '1 hour 1 us',
      jsonb_build_object('g', g, 't', 'x' || chr(19968 + g % 1000)), array['a,' || g, null, '"q"'], g * interval '1 day 2 seconds'
      from generate_series(1, 2000) g;
    insert into visit (who, at, photo, during, note) select name, born at time zone 'UTC', decode(md5(name), 'hex'), int4range(1, 9),
      E'tab\\t\\\\' || name from person;
    insert into reading select 1 + g % 2, g, 'v' || g from generate_series(1, 1000) g;
    """
  private static let changes = """
    update person set score = 'NaN', data = null, span = '-1 mon 3 d' where ratio < 50; delete from person where score > 250;
    update person set name = 'renamed ' || name where name like 'AB %' and score between 10 and 20;
    update reading set day = 3 - day where id % 3 = 0; delete from reading where id % 7 = 0;
    insert into visit (who, at, note) select name, '2026-02-03', repeat('wide ', 2000) from person where name like 'zoo %' and score < 40;
    """

  @Test(.timeLimit(.minutes(5))) func nodesThatSortInOtherWays() async throws {
    try await withDatabase(schemas: false) { root in
      guard try await root.psql("select count(*) from pg_collation where collname = 'en-x-icu'") != "0",
        try await root.psql("select current_setting('server_version_num')::int >= 150000") == "t"
      else { return }
      let language = "locale_provider icu icu_locale 'en' locale 'C'"
      try await SharedCluster.withDatabase(schemas: false, options: language) { branch in
        try await withDatabase(schemas: false) { leaf in try await Self.replicate(root, branch, leaf) }
      }
    }
  }

  @Test(.timeLimit(.minutes(5)), .enabled(if: !other.isEmpty), arguments: [false, true])
  func nodesOfDifferentVersions(_ isReversed: Bool) async throws {
    try await PrivateCluster.with(ClusterConfiguration(binaries: try PostgresBinaries(directory: Self.other))) {
      there in
      try await PrivateCluster.with { here in
        let (one, two) = isReversed ? (there, here) : (here, there)
        try await one.withDatabase { root in
          try await two.withDatabase { branch in
            try await one.withDatabase { leaf in try await Self.replicate(root, branch, leaf) }
          }
        }
      }
    }
  }

  /// Makes nodes and their tables, changes them, compares, repairs, and moves the root.
  private static func replicate(_ root: TestDatabase, _ branch: TestDatabase, _ leaf: TestDatabase) async throws {
    let (top, middle, bottom) = (Shell(database: root), Shell(database: branch), Shell(database: leaf))
    let all = [root, branch, leaf]
    for shell in [top, middle, bottom] { try await shell.checked("schema", "install") }
    try await root.psql(schema)
    try await root.psql(rows)
    try await top.checked("node", "create-root", "--queue", "s", "root", root.connectionString)
    let services = try ["ticker", "replicate"].map { service in
      try TrunklineProgram.command(
        [service] + all.flatMap { ["--db", $0.connectionString] } + (service == "replicate" ? ["--queue", "s"] : [])
      ).start()
    }
    try await top.checked("table", "add", "--all")
    try await middle.checked(
      "node", "create-branch", "--queue", "s", "branch", branch.connectionString, "--provider", root.connectionString)
    try await bottom.checked(
      "node", "create-leaf", "--queue", "s", "leaf", leaf.connectionString, "--provider", branch.connectionString)
    try await middle.checked("table", "add", "--all", "--create-full", "--wait-sync")
    async let writing: Void = {
      for round in 0..<20 { try await root.psql("update visit set note = '\(round)' where id % 20 = \(round)") }
    }()
    try await bottom.checked("table", "add", "--all", "--create-full", "--wait-sync")
    try await writing
    try await root.psql(changes)
    try await top.checked(
      "execute", "--name", "add", "--sql", "alter table reading add unit text default 'm'", "--wait")
    try await root.psql("update reading set unit = 'km' where id % 5 = 0; truncate visit")
    try await root.psql("insert into visit (who, at, note) select name, '2026-02-03', name from person")
    for shell in [middle, bottom] {
      try await shell.checked("node", "wait")
      try await shell.checked("table", "check")
      try await shell.checked("table", "compare")
    }

    for node in [branch, leaf] {
      try await node.psql(
        """
        set session_replication_role = replica; update person set score = 1 where name like 'Ärger %'; delete from reading where id < 50;
        insert into person (name) values ('more');
        """)
    }
    for shell in [middle, bottom] {
      let found = try await shell.run("table", "compare", "person", "reading")
      #expect(found.status == 2, "\(found)")
      try await shell.checked("table", "repair", "person", "reading", "--apply")
      try await shell.checked("table", "compare")
    }

    try await middle.checked("node", "takeover", "root")
    try await branch.psql(
      "delete from person where name like '_x %'; insert into visit (who, at) select name, now() from person limit 5")
    for shell in [top, bottom] {
      try await shell.checked("node", "wait")
      try await shell.checked("table", "compare")
    }
    for service in services { try await service.terminate() }
  }
}
