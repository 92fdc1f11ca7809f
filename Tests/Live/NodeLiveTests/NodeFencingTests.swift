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
