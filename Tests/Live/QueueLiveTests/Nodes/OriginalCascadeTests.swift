import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// The original's programs for cascades run unchanged: `CascadeAdmin` makes and moves nodes, `CascadedWorker` copies the queue.
@Suite struct OriginalCascadeTests {
  @Test(.originalTicker, .originalPython, .timeLimit(.minutes(5)))
  func cascadeIsBuiltFedAndSwitchedOver() async throws {
    try await withDatabase { rootDatabase in
      try await withDatabase { branchDatabase in
        try await withDatabase { leafDatabase in
          let cascade = try OriginalCascade([
            ("root", rootDatabase), ("branch", branchDatabase), ("leaf", leafDatabase),
          ])
          let root = try await QueueSession(rootDatabase)
          let branch = try await QueueSession(branchDatabase)
          let leaf = try await QueueSession(leafDatabase)
          try await cascade.administer("root", ["create-root", "root", cascade.location("root"), "--worker=w_root"])
          try await cascade.administer(
            "branch",
            ["create-branch", "branch", cascade.location("branch"), "--worker=w_branch"]
              + ["--provider=\(cascade.location("root"))"])
          try await cascade.administer(
            "leaf",
            ["create-leaf", "leaf", cascade.location("leaf"), "--worker=w_leaf"]
              + ["--provider=\(cascade.location("branch"))"])
          for session in [root, branch] {
            try await session.connection.execute("update pgq.queue set queue_ticker_max_lag = '0.1 s'")
          }

          try await cascade.run {
            let events = PostgresQuery(
              "select string_agg(ev_id || ' ' || ev_data, ',' order by ev_id) from pgq.event_template where ev_type = 't'"
            )
            let completed = PostgresQuery("select worker_last_tick from pgq_node.get_node_info('q')")
            func insert(_ session: QueueSession, _ numbers: ClosedRange<Int>) async throws {
              for number in numbers {
                try await session.connection.query("select pgq.insert_event('q', 't', \(String(number)))")
              }
            }
            /// Everything that `source` has, events and ticks, is on `copy`, and the leaf has come to the same tick.
            func expectEqual(_ source: QueueSession, _ copy: QueueSession) async throws {
              let all: String? = try await source.value(events)
              try await pollUntil("the branch to have all events") { try await copy.value(events) == all }
              let tick: Int64 = try await source.value("select max(tick_id) from pgq.tick")
              try await pollUntil("the leaf to come to the same tick") { try await leaf.value(completed) >= tick }
            }

            try await insert(root, 1...50)
            try await expectEqual(root, branch)

            try await cascade.administer("branch", ["takeover", "root", "--node=branch"])
            #expect(
              try await root.failure("select pgq.insert_event('q', 't', 'refused')") == "Insert into queue disallowed")
            try await insert(branch, 51...80)
            try await expectEqual(branch, root)

            let state = PostgresQuery(
              "select node_type || ' ' || provider_node from pgq_node.get_node_info('q')")
            #expect(try await root.value(state) == "branch branch")
            #expect(try await branch.value(state) == "root branch")
            #expect(try await leaf.value(state) == "leaf branch")
          }
          for session in [root, branch, leaf] { await session.connection.close() }
        }
      }
    }
  }
}

/// Configuration and processes of the original's programs for some nodes.
private struct OriginalCascade {
  let databases: [(node: String, database: TestDatabase)]
  let scratch: Scratch

  init(_ databases: [(node: String, database: TestDatabase)]) throws {
    self.databases = databases
    scratch = try Scratch()
    _ = try scratch.write("admin.py", Self.admin)
    _ = try scratch.write("worker.py", Self.worker)
    for (node, _) in databases {
      let names = "queue_name = q\nloop_delay = 0.05\n"
      _ = try scratch.write(
        "admin_\(node).ini",
        "[cascade_admin]\njob_name = admin_\(node)\nnode_db = \(location(node))\npidfile = \(scratch.path)/a_\(node).pid\n"
          + names)
      // the plain worker writes as an ordinary user, which the queue of a branch refuses; Londiste's is a replica
      _ = try scratch.write(
        "worker_\(node).ini",
        "[cascade_worker]\njob_name = w_\(node)\npidfile = \(scratch.path)/w_\(node).pid\n"
          + "node_db = \(location(node)) options='-c session_replication_role=replica'\n"
          + "global_wm_publish_period = 1\nlocal_wm_publish_period = 1\n" + names)
    }
  }

  func location(_ node: String) -> String {
    (databases.first { $0.node == node }?.database.connectionString ?? "").replacing("'", with: "")
  }

  func administer(_ node: String, _ arguments: [String]) async throws {
    let settings = "\(scratch.path)/admin_\(node).ini"
    _ = try await Program([OriginalPgQ.python, "\(scratch.path)/admin.py", settings] + arguments).runChecked()
  }

  /// Runs a worker for every node and one ticker while `body` works.
  func run(_ body: () async throws -> Void) async throws {
    guard let first = databases.first?.database else { return }
    let environment = first.cluster.environment()
    let ticker = try scratch.write(
      "pgqd.ini",
      """
      [pgqd]
      base_connstr = host=\(environment["PGHOST"] ?? "") port=\(environment["PGPORT"] ?? "") user=postgres
      initial_database = \(first.name)
      database_list = \(databases.map(\.database.name).joined(separator: ","))
      syslog = 0
      ticker_period = 0.05
      check_period = 1
      pidfile = \(scratch.path)/pgqd.pid
      """)
    var programs = [try Program([OriginalPgQ.ticker, ticker]).start()]
    do {
      for (node, _) in databases {
        let settings = "\(scratch.path)/worker_\(node).ini"
        programs.append(try Program([OriginalPgQ.python, "\(scratch.path)/worker.py", settings]).start())
      }
      try await body()
    } catch {
      for program in programs { _ = try? await program.terminate() }
      throw error
    }
    for program in programs { try await program.terminate() }
  }

  /// The option is one that the program asks for but does not define.
  private static let admin = """
    import sys
    from pgq.cascade.admin import CascadeAdmin

    class Admin(CascadeAdmin):
        def init_optparse(self, parser=None):
            parser = super().init_optparse(parser)
            parser.add_option("--all", action="store_true")
            return parser

    Admin("cascade_admin", "node_db", sys.argv[1:], worker_setup=False).start()
    """

  private static let worker = """
    import sys
    from pgq.cascade.worker import CascadedWorker

    class Worker(CascadedWorker):
        def process_remote_event(self, src_curs, dst_curs, ev):
            if ev.type.startswith("pgq."):
                return super().process_remote_event(src_curs, dst_curs, ev)
            ev.tag_done()

    Worker("cascade_worker", "node_db", sys.argv[1:]).start()
    """
}
