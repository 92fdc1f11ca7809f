import EventFormats
import Foundation
import NodeCascade
import PostgresClient
import PostgresTesting
import Testing

/// The root is lost while the node that is to replace it is behind another one; later it comes back with events that nobody has.
@Suite struct LostRootTests {
  @Test(.originalTicker, .originalPython, .timeLimit(.minutes(5)))
  func laggingBranchReplacesTheRootWhichComesBack() async throws {
    let scratch = try Scratch()
    try await NodeFixture.with([("root", "root"), ("b", "root"), ("c", "root")]) { nodes in
      try await nodes.insert("root", 1...10)
      try await nodes.expectEvents("b", Array(1...10))
      try await nodes.cascade(from: "b") { try await $0.run(PauseNode("b", isPaused: true)) }
      // an event with a low number whose transaction ends last, and three that are in no tick
      let database = try #require(nodes.databases["root"])
      let writer = try await QueueSession(database)
      try await writer.connection.execute("begin; select pgq.insert_event('q', 't', '11')")
      try await nodes.insert("root", 12...20)
      try await nodes.expectEvents("c", Array(1...10) + Array(12...20))
      _ = try await nodes.psql("root", "select pgq.set_queue_config('q', 'ticker_paused', 'true')")
      try await writer.connection.execute("commit")
      await writer.connection.close()
      try await nodes.insert("root", 21...23)
      try await nodes.lose("root")

      let takeover = DeadRootTakeover(of: "root", by: "b")
      let steps = try await nodes.runBrokenOff(takeover, from: "b")
      #expect(steps.contains(.setProvider(node: "b", provider: "c", resumes: true)), "b reads from c, which is ahead")
      try await nodes.expectEvents("b", Array(1...10) + Array(12...20))
      try await nodes.insert("b", 31...40)
      try await nodes.expectEvents("c", Array(1...10) + Array(12...20) + Array(31...40))

      try await nodes.revive("root")
      _ = try await nodes.psql("root", "select pgq.set_queue_config('q', 'ticker_paused', 'false')")
      let file = "\(scratch.path)/lost.jsonl"
      try await nodes.runBrokenOff(Resurrection("root", dump: file), from: "root")
      let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
      let lost = try lines.map { try JSONValue(parsing: String($0)) }.filter { $0["ev_type"] == .string("t") }
      #expect(lost.map { $0["ev_data"] } == ["11", "21", "22", "23"].map { .string($0) })
      #expect(lost.allSatisfy { if case .number = $0["tick_id"] { true } else { false } })
      try await nodes.expectEvents("root", Array(1...10) + Array(12...20))
      let state = try await nodes.cascade(from: "root") { try await $0.look() }
      #expect(state.nodes["root"]?.worker.isPaused == true)
      #expect(state.nodes["b"]?.gravestones == [:])

      // once more does nothing; then it goes on as a branch, and could be the root again
      #expect(try await nodes.runBrokenOff(Resurrection("root", dump: file), from: "root").isEmpty)
      try await nodes.cascade(from: "root") { try await $0.run(PauseNode("root", isPaused: false)) }
      try await nodes.expectEvents("root", Array(1...10) + Array(12...20) + Array(31...40))
      try await nodes.cascade(from: "root") { try await $0.run(Switchover(from: "b", to: "root")) }
      try await nodes.insert("root", 50...51)
      // the original's ticker is slow to connect again
      _ = try await nodes.psql("root", "select pgq._make_tick('q')")
      try await nodes.expectEvents("c", Array(1...10) + Array(12...20) + Array(31...40) + [50, 51])
    }
  }

  @Test(.originalTicker, .originalPython, .timeLimit(.minutes(5)))
  func fileOfSomethingElseIsNotOverwritten() async throws {
    let scratch = try Scratch()
    try await NodeFixture.with([("root", "root"), ("b", "root")]) { nodes in
      try await nodes.lose("root")
      try await nodes.runBrokenOff(DeadRootTakeover(of: "root", by: "b"), from: "b")
      try await nodes.revive("root")
      let file = try scratch.write("lost.jsonl", "mine\n")
      await #expect(throws: CascadeError.self) {
        try await nodes.runBrokenOff(Resurrection("root", dump: file), from: "root")
      }
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine\n")
      #expect(try await nodes.psql("root", "select node_type from pgq_node.node_info") == "root", "nothing was removed")
    }
  }
}
