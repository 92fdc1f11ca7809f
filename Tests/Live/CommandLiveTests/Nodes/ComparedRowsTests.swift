import PostgresTesting
import Testing

/// `trunkline table compare` on a node knows which rows are to be there.
@Suite struct ComparedRowsTests {
  private static let tables = """
    create table part (id int primary key, v text); create table recent (id int primary key, v text);
    create table sink (id int primary key, v text);
    create schema partconf; create table partconf.conf (shard_nr int, shard_mask int, shard_count int);
    insert into partconf.conf values (1, 1, 2);
    create function partconf.get_hash_raw(i int) returns int language sql immutable as 'select $1';
    """

  @Test(.timeLimit(.minutes(2))) func rowsOfOtherShardsAreNotMissing() async throws {
    try await withDatabase { root in
      try await withDatabase { leaf in
        let (top, below) = (Shell(database: root), Shell(database: leaf))
        for database in [root, leaf] { try await database.psql(Self.tables) }
        try await root.psql(
          "insert into part select i, 'v' from generate_series(1, 100) i; insert into recent select * from part; insert into sink select * from part"
        )
        try await top.checked("node", "create-root", "--queue", "s", "root", root.connectionString)
        try await top.checked("table", "add", "part", "sink")
        try await top.checked("table", "add", "recent", "--where", "id > 60")
        try await below.checked(
          "node", "create-leaf", "--queue", "s", "leaf", leaf.connectionString, "--provider", root.connectionString)
        let services = try [
          ["ticker", "--db", root.connectionString], ["replicate", "--db", leaf.connectionString, "--queue", "s"],
        ]
        .map { try TrunklineProgram.command($0).start() }
        try await below.checked("table", "add", "part", "--handler", "shard", "--handler-arg", "key=id", "--wait-sync")
        try await below.checked("table", "add", "recent", "--wait-sync")
        try await below.checked("table", "add", "sink", "--handler", "vtable", "--wait-sync")
        #expect(
          try await leaf.psql("select (select count(*) from part) || ' ' || (select count(*) from recent)") == "50 40")

        let equal = try await below.run("table", "compare")
        #expect(equal.status == 0, "\(equal)")
        #expect(!equal.standardOutput.contains("sink"), "\(equal.standardOutput)")
        #expect(equal.standardError.contains("table public.sink does not keep its rows here: not compared"), "\(equal)")
        let sink = try await below.run("table", "compare", "sink")
        #expect(sink.status == 78 && sink.standardError.contains("does not keep its rows here"), "\(sink)")
        try await leaf.psql(
          "set session_replication_role = replica; delete from part where id = 7; update recent set v = 'x' where id = 99"
        )
        let different = try await below.run("table", "compare")
        #expect(different.status == 2 && different.standardOutput.contains("missing: 7"), "\(different)")
        #expect(different.standardOutput.contains("changed: 99"), "\(different)")
        try await below.checked("table", "repair", "--apply")
        try await below.checked("table", "compare")

        // attributes that nobody can read hide nothing, and can be set anew
        try await leaf.psql(
          "update londiste.table_info set table_attrs = 'where=%zz' where table_name = 'public.recent'")
        let list = try await below.checked("table", "list")
        #expect(list.contains("the table's attributes do not parse"), "\(list)")
        let damaged = try await below.run("table", "compare")
        #expect(damaged.status != 0 && damaged.standardError.contains("attributes do not parse"), "\(damaged)")
        try await below.checked("table", "change-handler", "recent", "--where", "id > 60")
        try await below.checked("table", "compare")
        for service in services { try await service.terminate() }
      }
    }
  }
}
