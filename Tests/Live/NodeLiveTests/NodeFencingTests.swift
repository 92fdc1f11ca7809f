import Glibc
import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Two workers of one node: the newer one works, the older one is told so, and nothing is brought in twice.
@Suite struct NodeFencingTests {
  @Test func theOlderWorkerIsFenced() async throws {
    try await SetFixture.with([("node", .branch, "root")], tables: NodeCrashTests.tables, set: ["t"]) { fixture in
      try await fixture["node"].run(NodeCrashTests.audit)
      let older = Task { [worker = fixture.worker("node")] in try await worker.run() }
      try await fixture.root.run("insert into t values (1, 'a')")
      try await fixture.waitUntil("node", isAt: fixture.tick())
      try await fixture.running(["node"]) {
        try await fixture.root.run("insert into t values (2, 'b')")
        try await fixture.waitUntil("node", isAt: fixture.tick())
        let error = await #expect(throws: PostgresError.self) { try await older.value }
        #expect(error?.sqlState == "TL001")
        try await fixture.root.run("insert into t values (3, 'c')")
        try await fixture.waitUntil("node", isAt: fixture.tick())
      }
      try await fixture.expectEqual("t")
      try await fixture.expectSameQueue(on: "node")
      #expect(try await fixture["node"].value("select string_agg(id::text, ',' order by id) from audit") == "1,2,3")
    }
  }

  /// Each step that only the node's worker may do is refused to one that was replaced.
  @Test func theOlderLeaseIsGoodForNothing() async throws {
    try await SetFixture.with([("node", .branch, "root")]) { fixture in
      let lease = try await fixture["node"].value("select trunkline.claim_node('s', 'first')::text")
      try await fixture["node"].run("select trunkline.claim_node('s', 'second')")
      for call in [
        "advance_node('s', \(lease), 1, 2, now(), 1)", "insert_node_events('s', \(lease))",
        "make_node_tick('s', \(lease))",
        "acknowledge_node('s', \(lease), false, 'root')", "claim_node('s', 'first again', \(lease))",
      ] {
        let error = await #expect(throws: PostgresError.self, "\(call)") {
          try await fixture["node"].run("select trunkline.\(call)")
        }
        #expect(error?.sqlState == "TL001")
      }
      #expect(try await fixture["node"].value("select trunkline.set_node_error('s', \(lease), 'x')::text") == "false")
    }
  }

  /// The network is cut while the node's database works on the claim: the lease is given, and nobody hears of it.
  @Test(.timeLimit(.minutes(2))) func aClaimWhoseAnswerIsLostIsTheWorkersOwn() async throws {
    try await SetFixture.with([("node", .leaf, "root")], tables: NodeCrashTests.tables, set: ["t"]) { fixture in
      let database = fixture["node"]
      let network = try TCPProxy(to: database.cluster)
      defer { network.stop() }
      var worker = fixture.worker("node")
      worker.database.connectionString = "host=127.0.0.1 port=\(network.port) dbname=\(database.name) user=postgres"
      worker.pollInterval = .milliseconds(20)
      let task = Task { [worker] in try await worker.run() }
      try await fixture.waitUntil("node", isAt: fixture.tick())
      let lease = "select lease::text from trunkline.node_lease"
      let before = try #require(Int(try await database.value(lease)))
      try await database.withConnection { blocker in
        try await blocker.execute("begin; select 1 from trunkline.node_lease for update")
        network.cut()
        try await pollUntil("the claim to wait") {
          try await database.value(
            "select count(*)::text from pg_stat_activity where datname = current_database() and query like '%claim_node%' and wait_event_type = 'Lock'"
          ) == "1"
        }
        network.cut()
        try await blocker.execute("commit")
      }
      try await pollUntil("the lease to be given twice") { Int(try await database.value(lease)) ?? 0 >= before + 2 }
      try await fixture.root.run("insert into t values (1, 'a')")
      try await fixture.waitUntil("node", isAt: fixture.tick())
      try await fixture.expectEqual("t")
      task.cancel()
      _ = await task.result
    }
  }

  @Test(.timeLimit(.minutes(2))) func anOlderWorkerThatHangsInItsTransactionIsEndedAndFenced() async throws {
    try await SetFixture.with([("node", .leaf, "root")], tables: NodeCrashTests.tables, set: ["t"]) { fixture in
      try await fixture["node"].run(NodeCrashTests.audit)
      let older = try NodeCrashTests.start("node", fixture)
      try await fixture.waitUntil("node", isAt: fixture.tick())
      try await fixture["node"].withConnection { blocker in
        try await blocker.execute("begin; lock table t in access exclusive mode")
        try await fixture.root.run("insert into t select g, 'v' from generate_series(1, 100) g")
        try await fixture.tick()
        try await NodeCrashTests.waitUntilBlocked(fixture["node"])
        older.send(signal: SIGSTOP)
        try await blocker.execute("rollback")
      }
      var newer = fixture.worker("node")
      newer.takeoverDelay = .milliseconds(50)
      let task = Task { [newer] in try await newer.run() }
      try await fixture.waitUntil("node", isAt: fixture.tick())
      older.send(signal: SIGCONT)
      #expect(try await older.waitForExit(timeout: .seconds(60)) != 0)
      #expect(older.standardError.contains("claimed by another worker"), "\(older.standardError)")
      task.cancel()
      _ = await task.result
      try await fixture.expectEqual("t")
      #expect(
        try await fixture["node"].value("select count(*) || ' ' || count(distinct id) from audit") == "100 100")
    }
  }
}
