import Logging
import NodeCascade
import PostgresClient
import PostgresTesting
import Testing

/// Nodes made and moved by us while the original's workers copy the queue between them.
@Suite struct CascadeOperationTests {
  @Test(.originalTicker, .originalPython, .timeLimit(.minutes(5)))
  func nodesAreMadeMovedSwitchedOverAndDropped() async throws {
    try await Self.withNodes { cascade, databases in
      let root = try await QueueSession(databases[0])
      let branch = try await QueueSession(databases[1])
      try await cascade.run {
        let overview = Cascade(
          queue: "q", local: PostgresConfiguration(databases[1].connectionString), logger: Logger(label: "test"))
        try await Self.insert(root, 1...30)

        // the leaf first reads from the root, then from the branch again
        try await overview.run(ChangeProvider(node: "leaf", provider: "root"))
        try await overview.run(ChangeProvider(node: "leaf", provider: "branch"))

        try await overview.run(Switchover(from: "root", to: "branch"))
        #expect(
          try await root.failure("select pgq.insert_event('q', 't', 'refused')") == "Insert into queue disallowed")
        try await Self.insert(branch, 31...60)
        let events = PostgresQuery(
          "select string_agg(ev_id || ' ' || ev_data, ',' order by ev_id) from pgq.event_template where ev_type = 't'")
        try await pollUntil("the old root to have the new root's events") {
          let old: String? = try await root.value(events)
          let new: String? = try await branch.value(events)
          return old == new
        }
        #expect(try await root.value("select count(*) from pgq.event_template where ev_type = 't'", as: Int.self) == 60)

        let snapshot = try await overview.look()
        #expect(CascadeTree(snapshot).lines.map { "\($0.depth) \($0.node)" } == ["0 branch", "1 leaf", "1 root"])
        try await overview.run(PauseNode("leaf", isPaused: true))
        #expect(try await overview.look().nodes["leaf"]?.worker.isPaused == true)
        try await overview.run(DropNode("leaf"))
        #expect(try await overview.look().memberNames == ["branch", "root"])
        await overview.close()
      }
      await root.connection.close()
      await branch.connection.close()
    }
  }

  /// The administrator's process is gone after each step in turn; the next one goes on.
  @Test(.originalTicker, .originalPython, .timeLimit(.minutes(5)))
  func switchoverThatIsBrokenOffGoesOn() async throws {
    try await Self.withNodes { cascade, databases in
      let root = try await QueueSession(databases[0])
      let branch = try await QueueSession(databases[1])
      try await cascade.run {
        try await Self.insert(root, 1...10)
        let plan = Switchover(from: "root", to: "branch", movesSubscribers: true)
        var steps = 0
        while true {
          let once = Cascade(
            queue: "q", local: PostgresConfiguration(databases[1].connectionString), logger: Logger(label: "test"))
          let snapshot = try await once.look()
          let step = try plan.next(snapshot)
          if let step { try await once.perform(step, in: snapshot) }
          await once.close()
          guard step != nil else { break }
          steps += 1
        }
        #expect(steps > 8)
        try await Self.insert(branch, 11...20)
        try await pollUntil("the old root to be fed by the new one") {
          try await root.value("select count(*) = 20 from pgq.event_template where ev_type = 't'")
        }
      }
      await root.connection.close()
      await branch.connection.close()
    }
  }

  @Test func nodeTakesItselfOut() async throws {
    try await withDatabase { database in
      let creation = NodeCreation(
        queue: "q", type: .root, name: "root", publicLocation: database.connectionString, worker: "w")
      let local = PostgresConfiguration(database.connectionString)
      _ = try await creation.run(local: local, logger: Logger(label: "test")) { _ in }
      let cascade = Cascade(queue: "q", local: local, logger: Logger(label: "test"))
      try await cascade.run(DropLocalNode("root"))
      #expect(
        try await database.psql("select (select count(*) from pgq_node.node_info) + (select count(*) from pgq.queue)")
          == "0")
      await cascade.close()
    }
  }

  @Test func locationThatLeadsElsewhereIsRefused() async throws {
    try await withDatabase { database in
      try await withDatabase { other in
        let creation = NodeCreation(
          queue: "q", type: .root, name: "root", publicLocation: other.connectionString, worker: "w")
        await #expect(throws: CascadeError.self) {
          try await creation.run(
            local: PostgresConfiguration(database.connectionString), logger: Logger(label: "test")
          ) { _ in }
        }
        let nodes = try await database.psql("select count(*) from pgq_node.node_info")
        #expect(nodes == "0")
      }
    }
  }

  private static func insert(_ session: QueueSession, _ numbers: ClosedRange<Int>) async throws {
    for number in numbers { try await session.connection.query("select pgq.insert_event('q', 't', \(String(number)))") }
  }

  /// A root, a branch below it, and a leaf below that, made by us; each of them twice, as the second time changes nothing.
  private static func withNodes(_ body: (OriginalCascade, [TestDatabase]) async throws -> Void) async throws {
    try await withDatabase { root in
      try await withDatabase { branch in
        try await withDatabase { leaf in
          let cascade = try OriginalCascade([("root", root), ("branch", branch), ("leaf", leaf)])
          let nodes: [(NodeType, String, TestDatabase, String?)] = [
            (.root, "root", root, nil), (.branch, "branch", branch, root.connectionString),
            (.leaf, "leaf", leaf, branch.connectionString),
          ]
          for (type, name, database, provider) in nodes {
            var creation = NodeCreation(
              queue: "q", type: type, name: name, publicLocation: database.connectionString, worker: "w_\(name)")
            creation.provider = provider
            for isNew in [true, false] {
              let made = try await creation.run(
                local: PostgresConfiguration(database.connectionString), logger: Logger(label: "test")
              ) { _ in }
              #expect(made == isNew)
            }
          }
          for database in [root, branch] {
            try await database.psql(
              "update pgq.queue set queue_ticker_max_lag = '0.1 s', queue_ticker_idle_period = '0.5 s';")
          }
          try await body(cascade, [root, branch, leaf])
        }
      }
    }
  }
}
