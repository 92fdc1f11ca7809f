import NodeCascade
import PostgresTesting
import Testing

/// A branch between others, then the root, get other names, step by step, while events come.
@Suite struct RenamedNodeTests {
  @Test(.originalTicker, .originalPython, .timeLimit(.minutes(5)))
  func renamedNodesGoOn() async throws {
    try await NodeFixture.with([("root", "root"), ("mid", "root"), ("leaf", "mid"), ("low", "mid")], leaves: ["leaf"]) {
      nodes in
      _ = try await nodes.psql("low", "select pgq_node.set_node_attrs('q', 'sync_watermark=mid%2croot&x=1')")
      for (old, new, from) in [("mid", "middle", "leaf"), ("root", "top", "root")] {
        try await nodes.insert("root", 1...5)
        try await nodes.runBrokenOff(RenameNode(from: old, to: new), from: from, renaming: (old, new))
        _ = try await nodes.psql("root", "delete from pgq.event_template where ev_type = 't'")
      }
      let names = "select string_agg(node_name, ',' order by node_name) from pgq_node.node_location"
      for node in ["root", "mid", "leaf", "low"] {
        try await pollUntil("\(node) to have forgotten the old names") {
          try await nodes.psql(node, names) == "leaf,low,middle,top"
        }
      }
      #expect(
        try await nodes.psql("low", "select node_attrs from pgq_node.node_info") == "sync_watermark=middle%2ctop&x=1")
      let consumers =
        "select string_agg(co_name, ',' order by co_name) from pgq.consumer where co_name like '%watermark'"
      #expect(try await nodes.psql("root", consumers) == ".global_watermark,.middle.watermark")
      #expect(try await nodes.psql("mid", consumers) == ".global_watermark,.leaf.watermark,.low.watermark")

      try await nodes.insert("root", 100...105)
      try await pollUntil("the last branch to have what comes after") {
        try await nodes.events("low").hasSuffix("100,101,102,103,104,105")
      }
      // workers report under the new name
      let tick = try await nodes.cascade(from: "root") { cascade in
        _ = try await cascade.look()
        return try await cascade.makeTick(on: "top")
      }
      try await pollUntil("the watermark to be reported") {
        let seen = try await nodes.psql(
          "root", "select node_watermark from pgq_node.get_subscriber_info('q') where node_name = 'middle'")
        return Int64(seen).map { $0 >= tick } ?? false
      }
      try await nodes.cascade(from: "leaf") { try await $0.run(ReachTickEverywhere(tick: tick)) }
      let tree = try await nodes.cascade(from: "leaf") { CascadeTree(try await $0.look()).lines }
      #expect(tree.map { "\($0.depth) \($0.node)" } == ["0 top", "1 middle", "2 leaf", "2 low"])
    }
  }
}
