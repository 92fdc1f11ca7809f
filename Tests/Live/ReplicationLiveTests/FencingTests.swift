import Glibc
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Two workers of one name: the newer one works, the older one is told so, and nothing is applied twice.
@Suite struct FencingTests {
  @Test func theOlderWorkerIsFenced() async throws {
    try await ReplicationFixture.with(
      tables: FailurePointTests.tables, onTarget: FailurePointTests.audit, captured: ["t"]
    ) { fixture in
      try await fixture.worker().drain()
      let older = Task { [worker = fixture.worker()] in try await worker.run() }
      try await fixture.source.run("insert into t values (1, 'a')")
      try await fixture.waitUntilApplied()
      try await running(fixture.worker()) {
        try await Self.waitForLease(3, fixture)
        try await fixture.source.run("insert into t values (2, 'b')")
        try await fixture.waitUntilApplied()
        // It looks again at the next tick, or when its wait is over.
        try await fixture.source.run("insert into t values (3, 'c')")
        try await fixture.waitUntilApplied()
        let error = await #expect(throws: PostgresError.self) { try await older.value }
        #expect(error?.sqlState == "TL001")
        try await fixture.source.run("insert into t values (4, 'd')")
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("t")
      #expect(try await fixture.target.value("select string_agg(id::text, ',' order by id) from audit") == "1,2,3,4")
    }
  }

  @Test func anOlderWorkerThatHangsInItsTransactionIsEndedAndFenced() async throws {
    try await ReplicationFixture.with(
      tables: FailurePointTests.tables, onTarget: FailurePointTests.audit, captured: ["t"]
    ) { fixture in
      try await fixture.worker().drain()
      let older = try FailurePointTests.start(fixture)
      try await fixture.target.withConnection { blocker in
        try await Self.waitForLease(2, fixture)
        try await blocker.execute("begin; lock table t in access exclusive mode")
        try await fixture.source.run("insert into t select g, 'v' from generate_series(1, 100) g")
        try await fixture.tick()
        try await FailurePointTests.waitUntilBlocked(fixture.target)
        older.send(signal: SIGSTOP)
        try await blocker.execute("rollback")
      }
      var newer = fixture.worker()
      newer.target.applicationName = "trunkline replicate"
      newer.takeoverDelay = .milliseconds(50)
      try await running(newer) {
        try await fixture.waitUntilApplied()
        older.send(signal: SIGCONT)
        #expect(try await older.waitForExit(timeout: .seconds(60)) != 0)
        // Both sides refuse it; which one says so first depends on what it was doing.
        #expect(older.standardError.contains("another worker took over"), "\(older.standardError)")
        #expect(older.standardError.contains("SQLSTATE TL001"), "\(older.standardError)")
        try await fixture.source.run("insert into t values (0, 'last')")
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("t")
      #expect(try await fixture.target.value("select count(*) || ' ' || count(distinct id) from audit") == "101 101")
    }
  }

  @Test func aWorkerThatWasCutOffDoesNotComeBackOverItsSuccessor() async throws {
    try await ReplicationFixture.with(tables: FailurePointTests.tables, captured: ["t"]) { fixture in
      try await fixture.worker().drain()
      let network = try TCPProxy(to: fixture.target.cluster)
      defer { network.stop() }
      var cutOff = fixture.worker()
      cutOff.target.connectionString =
        "host=127.0.0.1 port=\(network.port) dbname=\(fixture.target.name) user=postgres"
      let older = Task { [cutOff] in try await cutOff.run() }
      try await Self.waitForLease(2, fixture)
      network.refuse(true)
      network.cut()
      try await running(fixture.worker()) {
        try await Self.waitForLease(3, fixture)
        network.refuse(false)
        let error = await #expect(throws: PostgresError.self) { try await older.value }
        #expect(error?.sqlState == "TL001")
        try await fixture.source.run("insert into t values (1, 'a')")
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("t")
    }
  }

  @Test(.timeLimit(.minutes(2))) func cutNetworksOnBothSidesLoseNothing() async throws {
    try await ReplicationFixture.with(
      tables: FailurePointTests.tables, onTarget: FailurePointTests.audit, captured: ["t"]
    ) { fixture in
      try await fixture.worker().drain()
      let networks = [try TCPProxy(to: fixture.source.cluster), try TCPProxy(to: fixture.target.cluster)]
      defer { for network in networks { network.stop() } }
      var worker = fixture.worker()
      worker.source.connectionString =
        "host=127.0.0.1 port=\(networks[0].port) dbname=\(fixture.source.name) user=postgres"
      worker.target.connectionString =
        "host=127.0.0.1 port=\(networks[1].port) dbname=\(fixture.target.name) user=postgres"
      try await running(worker) {
        for round in 0..<12 {
          let (from, to) = (1 + round * 2500, 2500 + round * 2500)
          try await fixture.source.run("insert into t select g, 'v' from generate_series(\(from), \(to)) g")
          try await fixture.tick()
          let network = networks[round % 2]
          try await pollUntil("a connection") { network.connectionCount > 0 }
          network.cut()
        }
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("t")
      #expect(
        try await fixture.target.value("select count(*) || ' ' || count(distinct id) from audit") == "30000 30000")
      #expect(try await fixture.target.value("select events::text from trunkline.position") == "30000")
    }
  }

  /// The network is cut while the target commits the claim: the lease is given, and nobody hears of it.
  @Test(.timeLimit(.minutes(2))) func aClaimWhoseAnswerIsLostIsTheWorkersOwn() async throws {
    try await ReplicationFixture.with(tables: FailurePointTests.tables, captured: ["t"]) { fixture in
      let network = try TCPProxy(to: fixture.target.cluster)
      defer { network.stop() }
      var worker = fixture.worker()
      worker.target.connectionString =
        "host=127.0.0.1 port=\(network.port) dbname=\(fixture.target.name) user=postgres"
      worker.pollInterval = .milliseconds(20)
      try await running(worker) {
        try await fixture.waitUntilApplied()
        let before = try #require(
          Int(try await fixture.target.value("select lease::text from trunkline.position")))
        // the commit of a claim waits for this lock
        try await fixture.target.run(
          """
          create function wait() returns trigger language plpgsql as
            'begin if new.lease > old.lease then perform pg_advisory_xact_lock_shared(1); end if; return null; end';
          create constraint trigger wait after update on trunkline.position deferrable initially deferred
            for each row execute function wait();
          alter table trunkline.position enable always trigger wait
          """)
        try await fixture.target.withConnection { blocker in
          try await blocker.query("select pg_advisory_lock(1)")
          network.cut()
          // without work nobody notices
          try await fixture.source.run("insert into t values (1, 'v')")
          try await fixture.tick()
          try await pollUntil("the commit to wait") {
            try await fixture.target.value(
              "select count(*)::text from pg_locks where locktype = 'advisory' and objid = 1 and not granted") == "1"
          }
          network.cut()
          try await blocker.query("select pg_advisory_unlock(1)")
        }
        try await Self.waitForLease(before + 2, fixture)
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("t")
    }
  }

  private static func waitForLease(_ lease: Int, _ fixture: ReplicationFixture) async throws {
    try await fixture.target.withConnection { target in
      try await pollUntil("lease \(lease)") {
        try await target.query("select coalesce(max(lease), 0) from trunkline.position").first?
          .decode(0, as: Int.self) == lease
      }
    }
  }
}
