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
