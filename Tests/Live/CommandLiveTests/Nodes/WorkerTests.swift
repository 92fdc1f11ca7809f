import PostgresTesting
import Testing

/// `trunkline replicate` as the worker of nodes: with few rights, and after the provider has thrown away what it needed.
@Suite struct WorkerTests {
  /// A node's worker copies and applies with a role that owns the tables and keeps the set, and one that may read at the provider.
  @Test(.timeLimit(.minutes(3)), arguments: ["branch", "leaf"]) func aWorkerNeedsNoSuperuser(kind: String) async throws
  {
    try await PrivateCluster.with { cluster in
      try await cluster.withDatabase { root in
        try await cluster.withDatabase { node in
          let (top, below) = (Shell(database: root), Shell(database: node))
          for shell in [top, below] { try await shell.checked("schema", "install") }
          try await root.psql(
            """
            create role mover login in role londiste_writer; create role reader login in role londiste_reader;
            create table t (id int primary key, v text unique); insert into t select i, 'v' || i from generate_series(1, 3000) i;
            grant select on t to reader;
            """)
          try await node.psql("create table t (id int primary key, v text unique); alter table t owner to mover")
          try await top.checked(
            "node", "create-root", "--queue", "s", "root", root.connectionString(user: "nobody"), "--no-check")
          try await top.checked("table", "add", "t")
          try await below.checked(
            "node", "create-\(kind)", "--queue", "s", "node", node.connectionString, "--provider", root.connectionString
          )
          let services = try [
            ["ticker", "--db", root.connectionString],
            [
              "replicate", "--db", node.connectionString(user: "mover"), "--queue", "s", "--remote-options",
              "user=reader",
            ],
          ].map { try TrunklineProgram.command($0).start() }
          try await root.psql("select pgq.force_tick('s')")
          try await below.checked("table", "add", "t", "--remote-options", "user=postgres", "--wait-sync")
          try await root.psql(
            "update t set v = 'w' || id where id % 2 = 0; delete from t where id < 10; insert into t values (0, 'x')")
          try await pollUntil("the changes", timeout: .seconds(60)) {
            let sum = "select md5(string_agg(t::text, ',' order by id)) from t"
            return try await root.psql(sum) == node.psql(sum)
          }
          #expect(
            try await node.psql(
              "select count(*) from pg_stat_activity where usename = 'mover' and datname = current_database()") != "0")
          #expect(try await node.psql("select coalesce(cur_error, '') from pgq_node.local_state") == "")
          for service in services { try await service.terminate() }
        }
      }
    }
  }

  /// The options hold for every node, in whatever form its location is known: also for one from which only a table is copied.
  @Test(.timeLimit(.minutes(3))) func remoteOptionsHoldForEveryNode() async throws {
    try await PrivateCluster.with { cluster in
      try await cluster.withDatabase { root in
        try await cluster.withDatabase { branch in
          try await cluster.withDatabase { leaf in
            let databases = [root, branch, leaf]
            let shells = databases.map { Shell(database: $0) }
            let host = cluster.path.replacing("/", with: "%2F")
            let locations = databases.map { "postgresql://nobody@/\($0.name)?host=\(host)&port=\(cluster.port)" }
            let options = ["--remote-options", "user=postgres"]
            for shell in shells {
              try await shell.checked("schema", "install")
              try await shell.database.psql("create table t (id int primary key)")
            }
            try await root.psql("insert into t select generate_series(1, 100)")
            try await shells[0].checked(
              "node", "create-root", "--queue", "s", "root", locations[0], "--remote-options", "user=postgres")
            try await shells[0].checked("table", "add", "t")
            for (index, type) in [(1, "branch"), (2, "leaf")] {
              try await shells[index].checked(
                "node", "create-\(type)", "--queue", "s", type, locations[index], "--provider",
                databases[index - 1].connectionString, "--remote-options", "user=postgres")
            }
            let commands =
              databases.prefix(2).map { ["ticker", "--db", $0.connectionString] }
              + [branch, leaf].map { ["replicate", "--db", $0.connectionString, "--queue", "s"] + options }
            let services = try commands.map { try TrunklineProgram.command($0).start() }
            // the branch does not have the table
            try await shells[2].checked(
              "table", "add", "t", "--copy-node", "root", "--wait-sync", "--remote-options", "user=postgres")
            #expect(try await leaf.psql("select count(*) from t") == "100")
            let status = try await shells[2].run("node", "status", "--remote-options", "user=postgres")
            #expect(status.status == 0 && !status.standardOutput.contains("nobody"), "\(status)")
            for service in services { try await service.terminate() }
          }
        }
      }
    }
  }

  /// A node whose provider no longer has what comes next says so, and goes on where it is told to.
  @Test(.timeLimit(.minutes(3))) func aNodeIsResetWhenItsProviderHasThrownEventsAway() async throws {
    try await withDatabase { root in
      try await withDatabase { leaf in
        let (top, below) = (Shell(database: root), Shell(database: leaf))
        for database in [root, leaf] { try await database.psql("create table t (id int primary key)") }
        try await top.checked("node", "create-root", "--queue", "s", "root", root.connectionString)
        try await top.checked("table", "add", "t")
        try await below.checked(
          "node", "create-leaf", "--queue", "s", "leaf", leaf.connectionString, "--provider", root.connectionString)
        try await root.psql("insert into t values (1)")
        for _ in 1...3 { try await root.psql("select pgq._make_tick('s')") }
        // As after its consumer was dropped and made again, or the node came from an old backup.
        try await root.psql(
          """
          select pgq.register_consumer_at('s', 's_leaf', (select max(tick_id) from pgq.tick));
          delete from pgq.tick where tick_id < (select max(tick_id) from pgq.tick);
          """)
        let ticker = try TrunklineProgram.command(["ticker", "--db", root.connectionString]).start()
        let worker = try TrunklineProgram.command(["replicate", "--db", leaf.connectionString, "--queue", "s"]).start()
        var error = ""
        try await pollUntil("the error") {
          error = try await leaf.psql("select coalesce(cur_error, '') from pgq_node.local_state")
          return error != ""
        }
        #expect(error.contains("no longer has") && error.contains("trunkline replicate --reset --queue s"), "\(error)")
        try await worker.terminate()

        let wrong = try await below.run("replicate", "--reset", "--db", root.connectionString, "--queue", "s")
        #expect(wrong.standardOutput.contains("nothing to move"), "a root stands nowhere else")
        let reset = try await below.run("replicate", "--reset", "--db", leaf.connectionString, "--queue", "s")
        #expect(reset.status == 0, "\(reset.standardError)")
        let again = try TrunklineProgram.command(["replicate", "--db", leaf.connectionString, "--queue", "s"]).start()
        try await below.checked("table", "add", "t", "--wait-sync")
        try await root.psql("insert into t values (2)")
        try await pollUntil("the rows") { try await leaf.psql("select count(*) from t") == "2" }
        for service in [ticker, again] { try await service.terminate() }
      }
    }
  }
}
