import Foundation
import PostgresTesting
import Testing

/// The pages that go through something step by step are done as they say.
@Suite struct WalkthroughTests {
  private static let tables = """
    create table customer (id serial primary key, name text);
    create table orders (id int primary key, customer int references customer, amount numeric);
    create index on orders (customer);
    insert into customer (name) select 'c' || i from generate_series(1, 500) i;
    insert into orders select i, 1 + i % 500, i from generate_series(1, 2000) i;
    """

  private static func sum(_ database: TestDatabase, _ table: String = "orders") async throws -> String {
    try await database.psql("select md5(string_agg(t::text, ',' order by id)) from \(table) t")
  }

  private static func expectEqual(_ one: TestDatabase, _ other: TestDatabase) async throws {
    for table in ["customer", "orders"] {
      let wanted = try await sum(one, table)
      try await pollUntil("\(table) to be equal") { try await sum(other, table) == wanted }
    }
  }

  @Test(.timeLimit(.minutes(5))) func serverIsUpgraded() async throws {
    let other = ProcessInfo.processInfo.environment["TRUNKLINE_PG_OTHER_BIN"] ?? ""
    var configuration = ClusterConfiguration()
    if !other.isEmpty { configuration.binaries = try PostgresBinaries(directory: other) }
    try await withDatabase(schemas: false) { old in
      try await PrivateCluster.with(configuration) { cluster in
        try await cluster.withDatabase { new in
          try await old.psql(Self.tables)
          let page = try Walkthrough(
            "upgrading-a-server.md", variables: ["OLD": old.connectionString, "NEW": new.connectionString])
          for section in ["Before", "The old server becomes the root", "The new server gets everything"] {
            try await page.run(section)
            try await old.psql("update orders set amount = amount + 1 where id % 3 = 0;")
          }
          try await page.run("Is it the same?")
          try await old.psql("insert into customer (name) values ('last');")
          try await page.run("The switchover")
          await #expect(throws: (any Error).self) { try await old.psql("update orders set amount = 0;") }
          try await new.psql("insert into customer (name) values ('first'); delete from orders where id < 10;")
          try await Self.expectEqual(new, old)
          #expect(try await new.psql("select count(*), max(id) > 502 from customer") == "502|t", "no id is given twice")
          try await page.run("The end")
          try await page.end()
          #expect(try await old.psql("select count(*) from pgq_node.node_info") == "0")
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(5))) func firstReplicaIsMadeAndGetsMoreTables() async throws {
    try await withDatabase(schemas: false) { shop in
      try await withDatabase(schemas: false) { report in
        try await shop.psql(Self.tables)
        let variables = ["SHOP": shop.connectionString, "REPORT": report.connectionString]
        let first = try Walkthrough("first-replica.md", variables: variables)
        for section in ["The schemas", "The root", "The replica"] {
          try await first.run(section)
          try await shop.psql("update orders set amount = amount + 1 where id % 3 = 0;")
        }
        try await Self.expectEqual(shop, report)
        let state = try await first.run("Is it the same?")
        #expect(state.contains("report: leaf, tables 2/0/0"), "\(state)")
        await #expect(throws: (any Error).self) { try await report.psql("delete from orders;") }

        try await shop.psql(
          """
          create table item (id int primary key, name text); insert into item select i, 'i' || i from generate_series(1, 50) i;
          create table visit (id serial primary key, kind text, note text);
          insert into visit (kind, note) select case when i % 2 = 0 then 'test' else 'real' end, 'secret' from generate_series(1, 20) i;
          """)
        let more = try Walkthrough("adding-tables.md", variables: variables)
        #expect(try await more.run("What is missing?") == "public.item\npublic.visit\n")
        for section in ["A table that is there", "A part of a table", "A new table", "Sequences"] {
          try await more.run(section)
        }
        try await shop.psql(
          """
          insert into invoice values (1, 9.50); insert into visit (kind, note) values ('real', 'x'), ('test', 'y'); delete from item where id = 7;
          """)
        for table in ["item", "invoice"] {
          try await pollUntil("\(table) to be equal") { try await Self.sum(shop, table) == Self.sum(report, table) }
        }
        try await pollUntil("the visits") { try await report.psql("select count(*) from visit") == "11" }
        #expect(try await report.psql("select count(note) from visit") == "0")
        try await report.psql("set session_replication_role = replica; delete from item;")
        try await more.run("Copying again")
        #expect(try await report.psql("select count(*) from item") == "49")
        try await more.run("Taking a table out")
        try await report.psql("delete from visit;")
        try await first.run("The end")
        try await report.psql("delete from item;")
        try await first.end()
      }
    }
  }

  @Test(.timeLimit(.minutes(5))) func lostRootIsReplacedAndComesBack() async throws {
    try await PrivateCluster.with { cluster in
      try await cluster.withDatabase { main in
        try await withDatabase(schemas: false) { copy in
          try await withDatabase(schemas: false) { report in
            let shells = [Shell(database: main), Shell(database: copy), Shell(database: report)]
            for shell in shells { try await shell.checked("schema", "install") }
            try await main.psql(Self.tables)
            let services = [main, copy, report].flatMap { database in
              ["ticker", "replicate"].map { service in
                let queue = service == "replicate" ? ["--queue", "shop"] : []
                return TrunklineProgram.command([service, "--db", database.connectionString] + queue)
              }
            }
            try await shells[0].checked("node", "create-root", "--queue", "shop", "main", main.connectionString)
            try await shells[0].checked("table", "add", "--queue", "shop", "--all")
            try await shells[1].checked(
              "node", "create-branch", "--queue", "shop", "copy", copy.connectionString, "--provider",
              main.connectionString)
            try await shells[2].checked(
              "node", "create-leaf", "--queue", "shop", "report", report.connectionString, "--provider",
              main.connectionString)
            let running = try services.map { try $0.start() }
            for shell in shells.dropFirst() {
              try await shell.checked("table", "add", "--queue", "shop", "--all", "--create-full", "--wait-sync")
            }
            try await main.psql("update orders set amount = 7 where id < 100;")
            try await Self.expectEqual(main, report)

            let page = try Walkthrough(
              "lost-root.md",
              variables: [
                "MAIN": main.connectionString, "COPY": copy.connectionString,
              ])
            // what is written now, nobody will get
            try await main.psql(
              "select pgq.set_queue_config('shop', 'ticker_paused', 'true'); delete from orders where id = 5;")
            await cluster.kill()
            try await page.run("Who takes over")
            try await page.run("The takeover")
            try await copy.psql("insert into customer (name) values ('after');")
            try await Self.expectEqual(copy, report)

            try await cluster.start()
            try await main.psql("select pgq.set_queue_config('shop', 'ticker_paused', 'false');")
            let output = try await page.run("Main comes back")
            #expect(output.contains("public.orders"), "\(output)")
            #expect(try page.file("lost-changes.jsonl").contains("DELETE"))
            try await Self.expectEqual(copy, main)
            for service in running { try await service.terminate() }
            try await page.end()
          }
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(5))) func shardsAreMerged() async throws {
    try await withDatabase(schemas: false) { one in
      try await withDatabase(schemas: false) { two in
        try await withDatabase(schemas: false) { full in
          for (database, first) in [(one, 0), (two, 1000)] {
            try await database.psql(
              """
              create table orders (id int primary key, amount numeric);
              insert into orders select \(first) + i, i from generate_series(1, 900) i;
              """)
          }
          let page = try Walkthrough(
            "merging-shards.md",
            variables: [
              "SHARD1": one.connectionString, "SHARD2": two.connectionString, "FULL": full.connectionString,
            ])
          try await page.run("The shards")
          try await page.run("The full database")
          try await one.psql("update orders set amount = -1 where id < 50; insert into orders values (950, 1);")
          try await two.psql("delete from orders where id > 1800;")
          try await page.run("Looking at it")
          try await page.run("Putting the shards together for good")
          let rows = "select md5(string_agg(o::text, ',' order by id)) from orders o"
          let low = try await one.psql(rows)
          let high = try await two.psql(rows)
          #expect(try await full.psql(rows + " where id < 1000") == low)
          #expect(try await full.psql(rows + " where id > 1000") == high)
          try await full.psql("insert into orders values (5000, 1);")
          try await page.end()
        }
      }
    }
  }
}
