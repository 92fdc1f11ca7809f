import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Nodes are paused, moved and switched over while our workers run.
@Suite struct NodeOperationTests {
  static let shape: [(name: String, type: NodeType, provider: String)] = [
    ("branch", .branch, "root"), ("leaf", .leaf, "branch"),
  ]
  static let tables = "create table t (id int primary key, v text)"

  @Test(.timeLimit(.minutes(2))) func pausedNodeStandsStill() async throws {
    try await SetFixture.with(Self.shape, tables: Self.tables, set: ["t"]) { fixture in
      try await fixture.running(["root", "branch", "leaf"]) {
        let cascade = fixture.cascade("leaf")
        try await cascade.run(PauseNode("leaf", isPaused: true))
        try await fixture.root.run("insert into t values (1, 'a')")
        try await fixture.waitUntil("branch", isAt: fixture.tick())
        #expect(try await fixture.rows("t", on: "leaf") == "")
        try await cascade.run(PauseNode("leaf", isPaused: false))
        try await fixture.waitUntil("leaf", isAt: fixture.tick())
        await cascade.close()
      }
      try await fixture.expectEqual("t")
    }
  }

  @Test(.timeLimit(.minutes(2))) func nodeChangesItsProvider() async throws {
    try await SetFixture.with(Self.shape, tables: Self.tables, set: ["t"]) { fixture in
      try await fixture.running(["root", "branch", "leaf"]) {
        let cascade = fixture.cascade("leaf")
        for (number, provider) in ["root", "branch"].enumerated() {
          try await fixture.root.run("insert into t values (\(number), 'before')")
          try await fixture.tick()
          try await cascade.run(ChangeProvider(node: "leaf", provider: provider))
          try await fixture.root.run("insert into t values (\(10 + number), 'after')")
          try await fixture.waitUntil("leaf", isAt: fixture.tick())
        }
        await cascade.close()
      }
      try await fixture.expectEqual("t")
    }
  }

  /// The new root's triggers log from then on, and the old root follows as a branch.
  @Test(.timeLimit(.minutes(3))) func rootIsSwitchedOverThereAndBack() async throws {
    try await SetFixture.with(Self.shape, tables: Self.tables, set: ["t"]) { fixture in
      try await fixture.running(["root", "branch", "leaf"]) {
        let cascade = fixture.cascade("branch")
        try await fixture.root.run("insert into t values (1, 'a')")
        try await cascade.run(Switchover(from: "root", to: "branch"))
        await #expect(throws: PostgresError.self) { try await fixture.root.run("insert into t values (2, 'refused')") }
        try await fixture["branch"].run("insert into t values (3, 'b'); update t set v = 'c' where id = 1")
        try await fixture.waitUntil("root", isAt: fixture.tick(on: "branch"))
        try await fixture.waitUntil("leaf", isAt: fixture.tick(on: "branch"))
        #expect(try await fixture.rows("t", on: "root") == "(1,c) (3,b)")
        try await cascade.run(Switchover(from: "branch", to: "root"))
        try await fixture.root.run("insert into t values (4, 'd')")
        try await fixture.waitUntil("branch", isAt: fixture.tick())
        try await fixture.waitUntil("leaf", isAt: fixture.tick())
        await cascade.close()
      }
      try await fixture.expectEqual("t")
    }
  }

  /// Workers whose provider is gone answer their administrator all the same.
  @Test(.timeLimit(.minutes(3))) func deadRootIsReplaced() async throws {
    try await SetFixture.with(
      [("branch", .branch, "root"), ("other", .branch, "root"), ("leaf", .leaf, "root")], tables: Self.tables,
      set: ["t"]
    ) { fixture in
      try await fixture.change("insert into t values (1, 'a')")
      for name in ["branch", "other", "leaf"] {
        try await fixture[name].run(
          "update pgq_node.node_location set node_location = 'host=127.0.0.1 port=1' where node_name = 'root'")
      }
      try await fixture.running(["branch", "other", "leaf"]) {
        try await pollUntil("the leaf to miss its provider") {
          try await !fixture["leaf"].value("select cur_error from pgq_node.local_state").isEmpty
        }
        let cascade = fixture.cascade("branch")
        try await cascade.run(DeadRootTakeover(of: "root", by: "branch"))
        try await fixture["branch"].run("insert into t values (2, 'b')")
        let tick = try await fixture.tick(on: "branch")
        for name in ["other", "leaf"] {
          try await fixture.waitUntil(name, isAt: tick)
          #expect(try await fixture.rows("t", on: name) == "(1,a) (2,b)")
          #expect(try await fixture[name].value("select cur_error from pgq_node.local_state") == "")
        }
        await cascade.close()
      }
    }
  }

  /// A branch that keeps the watermark in step with another node does not pass on what is held up below it, and keeps it itself.
  @Test(.timeLimit(.minutes(2))) func aSubtreeThatLagsHoldsUpItsBranchAlone() async throws {
    let shape: [(name: String, type: NodeType, provider: String)] = [
      ("branch", .branch, "root"), ("other", .branch, "root"), ("leaf", .leaf, "branch"),
    ]
    try await SetFixture.with(shape, tables: Self.tables, set: ["t"]) { fixture in
      try await fixture["branch"].run("select pgq_node.set_node_attrs('s', 'sync_watermark=other')")
      let behind = Int64(try await fixture["leaf"].value("select last_tick_id::text from pgq_node.local_state")) ?? 0
      func watermark(_ name: String) async throws -> Int64 {
        Int64(try await fixture[name].value("select global_watermark::text from pgq_node.get_node_info('s')")) ?? 0
      }
      var tick: Int64 = 0
      try await fixture.running(["root", "branch", "other"], watermarkInterval: .milliseconds(50)) {
        try await fixture.root.run("insert into t values (1, 'a')")
        tick = try await fixture.tick()
        try await pollUntil("the root's watermark to come to tick \(tick)", timeout: .seconds(30)) {
          // The watermark is published as an event: without ticks it goes nowhere.
          try await fixture.tick()
          return try await watermark("root") >= tick
        }
        try await pollUntil("the other branch's watermark", timeout: .seconds(30)) {
          try await fixture.tick()
          return try await watermark("other") >= tick
        }
        #expect(try await watermark("branch") <= behind, "the leaf needs what comes after its tick")
        try await fixture.running(["leaf"], watermarkInterval: .milliseconds(50)) {
          try await pollUntil("the branch's watermark to follow", timeout: .seconds(30)) {
            try await fixture.tick()
            return try await watermark("branch") >= tick
          }
        }
      }
      try await fixture.expectEqual("t")
    }
  }

  /// What cannot be applied stops the node, is told where people look for it, and goes on when it was mended.
  @Test(.timeLimit(.minutes(2))) func anUnreadableEventIsLeftOutAsTheRemedySays() async throws {
    try await SetFixture.with([("leaf", .leaf, "root")], tables: Self.tables, set: ["t"]) { fixture in
      try await fixture.running(["leaf"]) {
        try await fixture.root.run("select pgq.insert_event('s', 'I:id', 'id=%zz', 'public.t', null, null, null)")
        try await fixture.root.run("insert into t values (1, 'a')")
        let tick = try await fixture.tick()
        var error = ""
        try await pollUntil("the error") {
          error = try await fixture["leaf"].value("select cur_error from pgq_node.local_state")
          return !error.isEmpty
        }
        #expect(error.contains("malformed URL-encoded row") && error.contains("delete from pgq.event_template"))
        #expect(!error.contains("--on-bad-event"), "an option that nodes of a set do not have")
        try await fixture.root.run("delete from pgq.event_template where ev_data = 'id=%zz'")
        try await fixture.waitUntil("leaf", isAt: tick)
      }
      try await fixture.expectEqual("t")
    }
  }

  @Test(.timeLimit(.minutes(2))) func errorIsStoredUntilItIsMended() async throws {
    try await SetFixture.with([("leaf", .leaf, "root")], tables: Self.tables, set: ["t"]) { fixture in
      try await fixture["leaf"].run("alter table t drop column v")
      try await fixture.running(["leaf"]) {
        try await fixture.root.run("insert into t values (1, 'a')")
        let tick = try await fixture.tick()
        var error = ""
        try await pollUntil("the error") {
          error = try await fixture["leaf"].value("select cur_error from pgq_node.local_state")
          return !error.isEmpty
        }
        for part in ["queue \"s\"", "event ", "table public.t", "\"v\"", "add the column"] {
          #expect(error.contains(part), "\(error)")
        }
        try await fixture["leaf"].run("alter table t add column v text")
        try await fixture.waitUntil("leaf", isAt: tick)
      }
      try await fixture.expectEqual("t")
      #expect(try await fixture["leaf"].value("select cur_error from pgq_node.local_state") == "")
    }
  }

  /// Ahead or behind, the worker's position at the provider follows the node's, as long as the provider has the tick.
  @Test func positionAtTheProviderFollowsTheNode() async throws {
    try await SetFixture.with([("leaf", .leaf, "root")], tables: Self.tables, set: ["t"]) { fixture in
      try await fixture.change("insert into t values (1, 'a')")
      let stands = try await fixture["leaf"].value("select last_tick_id::text from pgq_node.local_state")
      try await fixture.change("insert into t values (2, 'b')")
      try await fixture.root.run("select pgq.register_consumer_at('s', 'w_leaf', \(stands))")
      try await fixture.worker("leaf").drain()
      try await fixture.expectEqual("t")
      // the node was restored from a backup
      try await fixture["leaf"].run(
        """
        update pgq_node.local_state set last_tick_id = \(stands);
        set session_replication_role = replica; delete from t where id = 2
        """)
      try await fixture.worker("leaf").drain()
      try await fixture.expectEqual("t")
      try await fixture["leaf"].run("update pgq_node.local_state set last_tick_id = 0")
      let error = await #expect(throws: CascadeError.self) { try await fixture.worker("leaf").drain() }
      #expect(error?.message.contains("tick 0") == true && error?.hint?.contains("--reset") == true)
    }
  }
}
