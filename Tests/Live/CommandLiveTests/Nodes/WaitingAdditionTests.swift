import PostgresTesting
import Testing

/// A table is made by the example of one that is itself being copied.
@Suite struct WaitingAdditionTests {
  @Test(.timeLimit(.minutes(2))) func aTableIsMadeWhenItsExampleIsWhole() async throws {
    try await withDatabase { root in
      try await withDatabase { branch in
        try await withDatabase { leaf in
          let shells = [root, branch, leaf].map { Shell(database: $0) }
          try await root.psql(
            """
            create table p (id int primary key); insert into p values (1);
            create table t (id int primary key, p int default 1 references p, v text); create index t_v on t (v);
            insert into t select i, 1, repeat('v', 100) || i from generate_series(1, 20000) i
            """)
          try await shells[0].checked("node", "create-root", "--queue", "s", "root", root.connectionString)
          try await shells[0].checked("table", "add", "p", "t")
          for (shell, type, provider) in [(shells[1], "branch", root), (shells[2], "leaf", branch)] {
            try await shell.checked(
              "node", "create-\(type)", "--queue", "s", type, shell.database.connectionString, "--provider",
              provider.connectionString)
          }
          let worker = ["replicate", "--db", branch.connectionString, "--queue", "s", "--max-rate", "400kB"]
          let commands =
            [root, branch].map { ["ticker", "--db", $0.connectionString] }
            + [worker, ["replicate", "--db", leaf.connectionString, "--queue", "s"]]
          let services = try commands.map { try TrunklineProgram.command($0).start() }
          try await shells[1].checked("table", "add", "p", "t", "--create-full")
          try await pollUntil("the foreign key to be taken down") {
            try await branch.psql("select count(*) from londiste.pending_fkeys") != "0"
          }
          let soon = try await shells[2].run(
            "table", "add", "p", "t", "--create-full", "--wait-sync", "--timeout", "100ms")
          #expect(soon.status == 75 && soon.standardError.contains("is being copied on node branch"), "\(soon)")
          let added = try await shells[2].run("table", "add", "p", "t", "--create-full", "--wait-sync")
          #expect(added.status == 0 && added.standardError.contains("waiting for that"), "\(added)")
          #expect(
            try await leaf.psql(
              "select count(*) || ' ' || (select count(*) from pg_indexes where tablename = 't') from t")
              == "20000 2")
          for service in services { try await service.terminate() }
        }
      }
    }
  }
}
