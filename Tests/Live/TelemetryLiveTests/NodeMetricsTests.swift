import PostgresTesting
import Testing

/// The workers of nodes, and `table verify`, serve numbers and health.
@Suite struct NodeMetricsTests {
  /// Lends a root and a leaf of queue `s` with table `t`, in step, and their ticker.
  private static func withNodes(_ body: (TestDatabase, TestDatabase) async throws -> Void) async throws {
    try await withDatabase { root in
      try await withDatabase { leaf in
        for database in [root, leaf] { try await database.psql("create table t (id int primary key, v text)") }
        func run(_ arguments: String..., at database: TestDatabase) async throws {
          _ = try await TrunklineProgram.command(arguments + ["--db", database.connectionString]).runChecked()
        }
        try await run("node", "create-root", "--queue", "s", "root", root.connectionString, at: root)
        try await run("table", "add", "t", at: root)
        try await run(
          "node", "create-leaf", "--queue", "s", "leaf", leaf.connectionString, "--provider", root.connectionString,
          at: leaf)
        try await leaf.psql("select londiste.local_add_table('s', 't', '{expect_sync}')")
        let ticker = try TrunklineProgram.command(["ticker", "--db", root.connectionString]).start()
        try await body(root, leaf)
        try await ticker.terminate()
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func aNodeTellsItsNumbersAndWhatStopsIt() async throws {
    try await Self.withNodes { root, leaf in
      let daemon = try await Daemon.start(["replicate", "--db", leaf.connectionString, "--queue", "s"])
      try await pollUntil("it to work") { try await get("/readyz", port: daemon.port).status == 200 }
      try await root.psql("insert into t values (1, 'a'), (2, 'b'); update t set v = 'c' where id = 1")
      let place = #"queue="s",consumer="s_leaf""#
      try await pollUntil("the changes to be counted") {
        try await daemon.value("trunkline_transfer_rows_total{\(place)}") ?? 0 >= 2
      }
      let changes = #"trunkline_replication_changes_total{\#(place),table="public.t",operation="insert"}"#
      #expect(try await daemon.value(changes) == 2)
      #expect(try await daemon.value("trunkline_transfer_failures_total{\(place)}") == 0)
      #expect(try await daemon.value("trunkline_transfer_batches_total{\(place)}") ?? 0 >= 1)

      try await leaf.psql("alter table t drop column v")
      try await root.psql("insert into t values (3, 'd')")
      try await pollUntil("the reason") {
        let answer = try await get("/readyz", port: daemon.port)
        return answer.status == 503 && answer.body.contains("public.t")
      }
      #expect(try await get("/healthz", port: daemon.port).status == 200)
      #expect(try await daemon.value("trunkline_transfer_failures_total{\(place)}") ?? 0 >= 1)
      try await leaf.psql("alter table t add column v text")
      try await pollUntil("it to work again", timeout: .seconds(60)) {
        try await get("/readyz", port: daemon.port).status == 200
      }
      #expect(try await leaf.psql("select count(*) from t") == "3")
      try await daemon.program.terminate()
    }
  }

  @Test(.timeLimit(.minutes(2))) func verifyTellsHowManyRowsDrifted() async throws {
    try await Self.withNodes { root, leaf in
      let worker = try TrunklineProgram.command(["replicate", "--db", leaf.connectionString, "--queue", "s"]).start()
      try await root.psql("insert into t select i, 'v' from generate_series(1, 500) i")
      try await pollUntil("the rows") { try await leaf.psql("select count(*) from t") == "500" }
      try await leaf.psql(
        "set session_replication_role = replica; update t set v = 'drifted' where id in (7, 8); delete from t where id = 9"
      )
      let daemon = try await Daemon.start(
        ["table", "verify", "--db", leaf.connectionString, "--rate", "0", "--interval", "1s"])
      try await pollUntil("the drift", timeout: .seconds(60)) {
        try await daemon.value(#"trunkline_verify_drift{table="public.t"}"#) == 3
      }
      #expect(try await daemon.value(#"trunkline_verify_drifted_rows_total{table="public.t"}"#) ?? 0 >= 3)
      #expect(try await daemon.value(#"trunkline_verify_rows_total{table="public.t"}"#) ?? 0 >= 499)
      try await daemon.program.terminate()
      try await worker.terminate()
    }
  }
}
