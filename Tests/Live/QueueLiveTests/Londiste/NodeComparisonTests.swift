import PostgresTesting
import Testing

/// `trunkline table compare`, `repair` and `verify` on nodes whose workers are the original's.
@Suite struct NodeComparisonTests {
  private func trunkline(_ database: TestDatabase, _ arguments: String...) async throws -> Program.Output {
    try await TrunklineProgram.command(["table"] + arguments + ["--db", database.connectionString]).run()
  }

  private func expectEqual(
    _ database: TestDatabase, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let output = try await TrunklineProgram.command(
      ["table", "compare"] + arguments + ["--db", database.connectionString]
    ).run()
    #expect(
      output.status == 0, "\(output.standardOutput)\(output.standardError)", sourceLocation: sourceLocation)
  }

  @Test(.originalTicker, .originalPython, .originalLondisteProgram, .timeLimit(.minutes(5)))
  func nodesAreComparedAndRepairedUnderLoad() async throws {
    try await withDatabase { rootDatabase in
      try await withDatabase { branchDatabase in
        try await withDatabase { leafDatabase in
          let cascade = try OriginalCascade([
            ("root", rootDatabase), ("branch", branchDatabase), ("leaf", leafDatabase),
          ])
          try await cascade.londiste("root", ["create-root", "root", cascade.location("root")])
          for (node, kind, provider) in [("branch", "create-branch", "root"), ("leaf", "create-leaf", "branch")] {
            try await cascade.londiste(
              node, [kind, node, cascade.location(node), "--provider=\(cascade.location(provider))"])
          }
          for (_, database) in cascade.databases {
            try await database.psql(
              """
              update pgq.queue set queue_ticker_max_lag = '0.1 s', queue_ticker_idle_period = '0.5 s';
              create table account (id int primary key, name text, amount numeric);
              """)
          }
          try await leafDatabase.psql("create schema archive; alter table account set schema archive;")
          try await rootDatabase.psql(
            "insert into account select i, 'n' || i, i from generate_series(1, 1000) i;")
          try await cascade.run(withLondiste: true) {
            try await cascade.londiste("root", ["add-table", "account"])
            for node in ["branch", "leaf"] {
              let database = node == "leaf" ? leafDatabase : branchDatabase
              try await pollUntil("\(node) to know the set") {
                try await database.psql("select count(*) = 1 from londiste.table_info;") == "t"
              }
              try await cascade.londiste(
                node, ["add-table", "account"] + (node == "leaf" ? ["--dest-table=archive.account"] : []))
              try await cascade.londiste(node, ["wait-sync"])
            }
            let load = Task {
              while !Task.isCancelled {
                _ = try await rootDatabase.tools().tryPsql(
                  """
                  do $$ begin for i in 1..20 loop
                    update account set amount = amount + 1 where id = 1 + (random() * 900)::int;
                    delete from account where id = 2000 + i;
                    insert into account values (2000 + i, 'again', random());
                    commit;
                    perform pg_sleep(0.01);
                  end loop; end $$;
                  """)
              }
            }
            for _ in 1...3 {
              try await expectEqual(branchDatabase)
              try await expectEqual(leafDatabase)
              try await expectEqual(leafDatabase, "--against", "root", "account")
            }

            try await leafDatabase.psql(
              "set session_replication_role = replica; delete from archive.account where id in (990, 991);")
            try await branchDatabase.psql(
              "set session_replication_role = replica; update account set name = 'bad' where id = 995;")
            let leaf = try await trunkline(leafDatabase, "compare")
            #expect(leaf.status == 2)
            #expect(leaf.standardOutput.contains("missing: 990") && leaf.standardOutput.contains("changed: 995"))
            let verified = try await trunkline(branchDatabase, "verify", "--once", "--rate", "0")
            #expect(verified.status == 2 && verified.standardOutput.contains("drift: public.account: changed: 995\n"))

            let applied = try await trunkline(branchDatabase, "repair", "--apply")
            #expect(applied.status == 0 && applied.standardOutput.contains("1 updated"), "\(applied.standardError)")
            try await expectEqual(branchDatabase)
            // the leaf never got the damaged row, and lacks two
            let sent = try await trunkline(leafDatabase, "repair", "--through-queue")
            #expect(sent.status == 0 && sent.standardOutput.contains("2 sent"), "\(sent.standardError)")
            try await pollUntil("the repair to arrive", timeout: .seconds(60)) {
              try await leafDatabase.psql("select count(*) from archive.account where id in (990, 991)") == "2"
            }
            try await expectEqual(leafDatabase)
            try await expectEqual(leafDatabase, "--against", "root")
            load.cancel()
            _ = await load.result

            let unknown = try await trunkline(leafDatabase, "compare", "--against", "nobody")
            #expect(unknown.status == 78 && unknown.standardError.contains("upstream: branch, root"))
            let root = try await trunkline(rootDatabase, "compare")
            #expect(root.status == 78 && root.standardError.contains("this is the root"))
          }
        }
      }
    }
  }
}
