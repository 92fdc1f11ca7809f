import PostgresTesting
import Testing

/// A copy brings the columns that changes bring.
@Suite struct CopiedColumnsTests {
  private static let tables = """
    create table person (id int primary key, name text, secret text default 'none');
    create table stock (shop int, item int, amount int, note text, primary key (shop, item));
    create table old (id int primary key, v text, note text);
    """

  private static let content = """
    select 'person', count(*), count(name), string_agg(distinct secret, ',') from person
    union all select 'stock', count(*), count(amount), string_agg(distinct note, ',') from stock
    union all select 'old', count(*), count(v), string_agg(distinct note, ',') from old order by 1
    """

  @Test(.timeLimit(.minutes(2))) func whatIsNotCapturedIsNotCopied() async throws {
    try await withDatabase { root in
      try await withDatabase { branch in
        try await withDatabase { leaf in
          let shells = [root, branch, leaf].map { Shell(database: $0) }
          for database in [root, branch, leaf] { try await database.psql(Self.tables) }
          try await root.psql(
            """
            insert into person select i, 'n' || i, 'secret' from generate_series(1, 100) i;
            insert into stock select i % 4, i, i, 'secret' from generate_series(1, 100) i;
            insert into old select i, 'v', 'secret' from generate_series(1, 100) i;
            """)
          try await shells[0].checked("node", "create-root", "--queue", "s", "root", root.connectionString)
          try await shells[0].checked("table", "add", "person", "--ignore", "secret")
          try await shells[0].checked("table", "add", "stock", "--columns", "amount")
          // a trigger of Londiste
          try await shells[0].checked(
            "table", "add", "old", "--trigger-flags", "AIUDL", "--trigger-arg", "ignore=note")
          for (shell, type, provider) in [(shells[1], "branch", root), (shells[2], "leaf", branch)] {
            try await shell.checked(
              "node", "create-\(type)", "--queue", "s", type, shell.database.connectionString, "--provider",
              provider.connectionString)
          }
          let commands =
            [root, branch].map { ["ticker", "--db", $0.connectionString] }
            + [branch, leaf].map { ["replicate", "--db", $0.connectionString] }
          let services = try commands.map { try TrunklineProgram.command($0).start() }

          let list = try await shells[0].checked("table", "list")
          #expect(list.contains("ignore=secret") && list.contains("columns=amount"), "\(list)")
          let copied = "old|100|100|\nperson|100|100|none\nstock|100|100|"
          // the second time as a table that was copied before
          for shell in shells[1...] {
            try await shell.checked("table", "add", "person", "stock", "old", "--wait-sync")
            #expect(try await shell.database.psql(Self.content) == copied)
            try await shell.checked("table", "resync", "person", "stock", "old", "--wait-sync")
            #expect(try await shell.database.psql(Self.content) == copied)
          }
          try await root.psql(
            """
            update person set name = 'x' where id = 1; insert into person values (101, 'y', 'secret');
            update stock set note = 'more'; insert into stock values (9, 1, 1, 'secret');
            """)
          for shell in shells[1...] {
            try await pollUntil("the changes") {
              try await shell.database.psql(Self.content) == "old|100|100|\nperson|101|101|none\nstock|101|101|"
            }
            try await shell.checked("table", "compare")
          }
          // rows that lack are repaired as changes would have brought them
          try await leaf.psql("set session_replication_role = replica; delete from person where id < 3;")
          try await shells[2].checked("table", "repair", "--apply")
          #expect(try await leaf.psql(Self.content).contains("person|101|101|none"))

          // the root changes its mind, and so do the others
          for shell in shells { try await shell.checked("table", "change-handler", "person", "--ignore", "") }
          #expect(try await shells[1].run("table", "compare", "person").status == 2)
          for shell in shells[1...] { try await shell.checked("table", "resync", "person", "--wait-sync") }
          try await shells[2].checked("table", "compare", "person")
          #expect(try await leaf.psql("select count(*) from person where secret = 'secret'") == "101")
          for service in services { try await service.terminate() }
        }
      }
    }
  }
}
