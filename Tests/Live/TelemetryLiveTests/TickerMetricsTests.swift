import Glibc
import PostgresTesting
import Telemetry
import Testing

/// The numbers and the health of `trunkline ticker`.
@Suite struct TickerMetricsTests {
  private func makeQueue(on database: TestDatabase) async throws {
    try await database.psql("select pgq.create_queue('q'), pgq.register_consumer('q', 'c');")
  }

  @Test func ticksAndQueuesAreCounted() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      let daemon = try await Daemon.start(["ticker", "--db", database.connectionString, "--maint-period", "100ms"])
      let name = database.name
      try await pollUntil("readiness") { try await get("/readyz", port: daemon.port).status == 200 }
      let answer1 = try await get("/healthz", port: daemon.port).status
      #expect(answer1 == 200)
      let before = try await daemon.value("trunkline_ticker_ticks_total{database=\"\(name)\"}") ?? 0
      try await database.psql("select pgq.insert_event('q', 't', 'x') from generate_series(1, 7);")
      try await pollUntil("the ticks of the events") {
        try await daemon.value("trunkline_ticker_ticks_total{database=\"\(name)\"}") ?? 0 > before
      }
      let labels = "database=\"\(name)\",queue=\"q\""
      for line in [
        "trunkline_database_up{database=\"\(name)\"} 1", "trunkline_queue_events_total{\(labels)} 7",
        "trunkline_queue_consumer_pending_events{\(labels),consumer=\"c\"} 7", "trunkline_ready 1",
        "trunkline_ticker_active{database=\"\(name)\"} 1", "# TYPE trunkline_ticker_tick_duration_seconds histogram",
      ] {
        // numbers of the database may be a second old
        try await pollUntil(line) { try await daemon.metrics().contains(line + "\n") }
      }
      try await database.psql("select pgq.set_queue_config('q', 'rotation_period', '1 millisecond');")
      try await pollUntil("rotation") {
        try await daemon.metrics().contains(
          "trunkline_ticker_maintenance_total{database=\"\(name)\",operation=\"pgq.maint_rotate_tables_step1\"}")
      }
      let answer2 = try await daemon.program.terminate()
      #expect(answer2 == 0)
    }
  }

  /// Prometheus' own parser, where it is installed.
  @Test(.enabled(if: Tools.hasPromtool)) func promtoolIsContent() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      let daemon = try await Daemon.start(["ticker", "--db", database.connectionString])
      try await pollUntil("readiness") { try await get("/readyz", port: daemon.port).status == 200 }
      let output = try await Program(["promtool", "check", "metrics"], input: try await daemon.metrics()).run()
      #expect(output.status == 0, "\(output.standardError)")
      try await daemon.program.terminate()
    }
  }

  @Test func aLostServerIsNotReadyButAlive() async throws {
    try await PrivateCluster.with { cluster in
      let daemon = try await Daemon.start([
        "ticker", "--db", cluster.connectionString(database: "postgres"), "--check-period", "100ms",
      ])
      let answer3 = try await get("/readyz", port: daemon.port).status
      #expect(answer3 == 503)
      await cluster.stop(.immediate)
      try await pollUntil("the loss") {
        let answer = try await get("/readyz", port: daemon.port)
        return answer.status == 503 && answer.body.contains("unhealthy")
      }
      let answer4 = try await get("/healthz", port: daemon.port).status
      #expect(answer4 == 200)
      let answer5 = try await daemon.value("trunkline_ready")
      #expect(answer5 == 0)
      let answer6 = try await daemon.value("trunkline_ticker_reconnects_total{database=\"postgres\"}")
      #expect(answer6 ?? 0 > 0)
      try await daemon.program.terminate()
    }
  }

  /// Passwords of connection strings are nowhere.
  @Test func secretsAreNotShown() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      let secret = "hush-\(database.name)"
      let daemon = try await Daemon.start(["ticker", "--db", "\(database.connectionString) password=\(secret)"])
      try await pollUntil("readiness") { try await get("/readyz", port: daemon.port).status == 200 }
      for path in ["/metrics", "/readyz", "/healthz", "/"] {
        let body = try await get(path, port: daemon.port).body
        #expect(!body.contains(secret))
      }
      try await daemon.program.terminate()
      #expect(!daemon.program.standardError.contains(secret))
    }
  }

  /// Scrapes that come all at once are one look at the database.
  @Test func manyScrapesAreOneLook() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      let daemon = try await Daemon.start(["ticker", "--db", database.connectionString])
      try await pollUntil("readiness") { try await get("/readyz", port: daemon.port).status == 200 }
      let port = daemon.port
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<40 { group.addTask { try await get("/metrics", port: port).status } }
        for try await status in group { #expect(status == 200) }
      }
      try await daemon.program.terminate()
      // every look is a session; those of the ticker and of this test are a dozen
      let sessions = try await database.psql(
        "select sessions from pg_stat_database where datname = current_database();")
      #expect(Int(sessions) ?? 99 < 30)
    }
  }

  @Test func theLogTellsAboutAStalledConsumerOnce() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      try await database.psql(
        """
        select pgq.insert_event('q', 't', 'top-secret');
        update pgq.tick set tick_time = now() - interval '3 hours';
        select pgq.ticker('q');
        update pgq.tick set tick_time = now() - interval '2 hours';
        update pgq.subscription set sub_active = now() - interval '2 hours';
        """)
      let ticker = try TrunklineProgram.command(
        ["ticker", "--db", database.connectionString, "--watch-period", "50ms"]
      ).start()
      try await pollUntil("the warning") { ticker.standardError.contains("consumer c of queue q is 2 h") }
      // a second consumer that stalls is told by a later look, which saw the first one again
      try await database.psql(
        """
        insert into pgq.consumer (co_name) values ('d');
        insert into pgq.subscription (sub_queue, sub_consumer, sub_last_tick, sub_active)
        select s.sub_queue, d.co_id, s.sub_last_tick, s.sub_active
        from pgq.subscription s, pgq.consumer d where d.co_name = 'd';
        """)
      try await pollUntil("the other warning") { ticker.standardError.contains("consumer d of queue q is 2 h") }
      try await ticker.terminate()
      let told = ticker.standardError.split(separator: "\n").filter { $0.contains("consumer c of queue q is") }
      #expect(told.count == 1 && told.first?.contains(" error watch:") == true, "\(told)")
      #expect(told.first?.contains("trunkline consumer unregister q c") == true)
      #expect(!ticker.standardError.contains("top-secret"))
    }
  }

  @Test func aBadAddressIsRefused() async throws {
    let bad = try await TrunklineProgram.command(["ticker", "--metrics-listen", "nowhere"]).run()
    #expect(bad.status == 64 && bad.standardError.contains("metrics.listen"))
  }
}

private enum Tools {
  static let hasPromtool = access("/usr/bin/promtool", X_OK) == 0
}
