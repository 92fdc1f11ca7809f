import PostgresTesting
import Testing

/// The numbers of `trunkline replicate`, `queue move` and `consume`.
@Suite struct WorkerMetricsTests {
  @Test func replicationCountsChangesByTableAndOperation() async throws {
    try await withDatabase { source in
      try await withDatabase { target in
        for database in [source, target] {
          try await database.psql("create table public.t (id int primary key, v text);")
        }
        try await source.psql("select pgq.create_queue('q'); select trunkline.capture_add('public.t', 'q');")
        let daemon = try await Daemon.start([
          "replicate", "--db", source.connectionString, "--target", target.connectionString, "--queue", "q",
        ])
        try await pollUntil("readiness") { try await get("/readyz", port: daemon.port).status == 200 }
        try await source.psql(
          """
          insert into t select n, 'x' from generate_series(1, 5) n;
          update t set v = 'y' where id <= 3;
          delete from t where id = 5;
          """)
        let ticker = try TrunklineProgram.command(["ticker", "--db", source.connectionString]).start()
        func changes(_ operation: String) async throws -> Double? {
          try await daemon.value(
            "trunkline_replication_changes_total{queue=\"q\",consumer=\"replica\",table=\"public.t\",operation=\"\(operation)\"}"
          )
        }
        try await pollUntil("all changes") {
          let counts = [try await changes("insert"), try await changes("update"), try await changes("delete")]
          return counts == [5, 3, 1]
        }
        let labels = "{queue=\"q\",consumer=\"replica\"}"
        try await pollUntil("the events") { try await daemon.value("trunkline_transfer_events_total\(labels)") == 9 }
        try await pollUntil("the end of the lag") {
          try await daemon.value("trunkline_transfer_lag_seconds\(labels)") == 0
        }

        // what it cannot apply makes it not ready, and is counted
        try await target.psql("drop table t;")
        try await source.psql("insert into t values (100, 'z');")
        try await pollUntil("the failure") { try await get("/readyz", port: daemon.port).status == 503 }
        let errors = try await daemon.value("trunkline_transfer_failures_total\(labels)")
        #expect(errors ?? 0 > 0)
        let live = try await get("/healthz", port: daemon.port).status
        #expect(live == 200)
        try await ticker.terminate()
        try await daemon.program.terminate()
      }
    }
  }

  @Test func movingIsCounted() async throws {
    try await withDatabase { source in
      try await withDatabase { target in
        for database in [source, target] { try await database.psql("select pgq.create_queue('q');") }
        let daemon = try await Daemon.start([
          "queue", "move", "q", "--source", source.connectionString, "--target", target.connectionString,
        ])
        try await pollUntil("readiness") { try await get("/readyz", port: daemon.port).status == 200 }
        try await source.psql("select pgq.insert_event('q', 't', 'x') from generate_series(1, 7);")
        let ticker = try TrunklineProgram.command(["ticker", "--db", source.connectionString]).start()
        try await pollUntil("the events") {
          try await daemon.metrics().split(separator: "\n").contains {
            $0.hasPrefix("trunkline_transfer_events_total{queue=\"q\"") && $0.hasSuffix(" 7")
          }
        }
        try await ticker.terminate()
        try await daemon.program.terminate()
      }
    }
  }

  @Test func consumingIsCounted() async throws {
    try await withDatabase { database in
      try await database.psql("select pgq.create_queue('q'), trunkline.register('q', 'c');")
      let daemon = try await Daemon.start([
        "consume", "q", "--consumer", "c", "--db", database.connectionString, "--log-level", "notice", "--follow",
      ])
      try await pollUntil("readiness") { try await get("/readyz", port: daemon.port).status == 200 }
      try await database.psql("select pgq.insert_event('q', 't', 'x') from generate_series(1, 7);")
      let ticker = try TrunklineProgram.command(["ticker", "--db", database.connectionString]).start()
      let labels = "{queue=\"q\",consumer=\"c\"}"
      try await pollUntil("the events") {
        try await daemon.value("trunkline_consumer_acknowledged_total\(labels)") == 7
      }
      let received = try await daemon.value("trunkline_consumer_received_total\(labels)")
      #expect(received == 7)
      try await ticker.terminate()
      try await daemon.program.terminate()
    }
  }
}
