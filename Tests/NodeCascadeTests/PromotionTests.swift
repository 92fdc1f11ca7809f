import NodeCascade
import Testing

/// What a node must have to become the root.
@Suite struct PromotionTests {
  /// `a` and `b` have leaves of queue p beside them, which fill the cascade's queue.
  private static let merged: CascadeSnapshot = {
    var cascade = cascade([("a", "a"), ("b", "a")])
    for name in ["a", "b"] {
      cascade.nodes[name]?.merges = [.init(queue: "p", worker: .init(name: "w_p", tick: name == "a" ? 9 : 7))]
    }
    return cascade
  }()

  @Test func leavesThatFillTheQueueStandStillMeanwhile() throws {
    let steps = try Self.merged.steps(of: Switchover(from: "a", to: "b"))
    #expect(steps.first == .pauseMerge(node: "a", queue: "p", true))
    var still = Self.merged
    still.nodes["a"]?.merges[0].worker.isPaused = true
    let step = try Switchover(from: "a", to: "b").next(still)
    #expect(step == .wait(node: "b", reason: "the leaf of queue p on b to come to tick 9 (at 7)"))
    let after = try run(Switchover(from: "a", to: "b"), on: Self.merged)
    #expect(after.nodes["b"]?.merges.first?.worker.tick == 9)
    #expect(after.nodes.values.allSatisfy { $0.merges.allSatisfy { !$0.worker.isPaused } })
  }

  @Test func newRootWithoutALeafOfAMergedQueueIsRefused() throws {
    var cascade = Self.merged
    cascade.nodes["b"]?.merges = []
    #expect(throws: CascadeError.self) { try Switchover(from: "a", to: "b").next(cascade) }
    #expect(try Switchover(from: "a", to: "b", isForced: true).next(cascade) != nil)
  }

  @Test func nodeThatLacksTablesIsRefused() throws {
    var cascade = cascade([("a", "a"), ("b", "a")])
    var tables = NodeState.Tables()
    tables.inSync = 3
    cascade.nodes["b"]?.tables = tables
    #expect(try Switchover(from: "a", to: "b").next(cascade) != nil)
    tables.copying = 1
    tables.copyingNames = ["public.t"]
    cascade.nodes["b"]?.tables = tables
    let error = #expect(throws: CascadeError.self) { try Switchover(from: "a", to: "b").next(cascade) }
    #expect(error?.message.contains("public.t") == true)
    #expect(try Switchover(from: "a", to: "b", isForced: true).next(cascade) != nil)
    let lost = cascade.losing("a")
    #expect(throws: CascadeError.self) { try DeadRootTakeover(of: "a", by: "b").next(lost) }
    #expect(try DeadRootTakeover(of: "a", by: "b", isForced: true).next(lost) != nil)
  }

  /// Where a switchover was broken off, the root makes no ticks; a copy that began since would never end.
  @Test func copiesThatBeganSinceASwitchoverWasBrokenOffGetTicks() throws {
    var cascade = cascade([("a", "a"), ("b", "a")])
    var tables = NodeState.Tables()
    (tables.copying, tables.copyingNames) = (1, ["public.t"])
    cascade.nodes["b"]?.tables = tables
    cascade.nodes["b"]?.worker.isPaused = true
    cascade.nodes["a"]?.refusesInserts = true
    let steps = try cascade.steps(of: Switchover(from: "a", to: "b"))
    let first = steps.prefix { if case .promote = $0 { false } else { true } }
    #expect(first.contains(.demote(node: "a", step: 2, newRoot: "b")))
    #expect(first.contains(.pause(node: "b", false)))
    #expect(first.contains(.wait(node: "b", reason: "b to have its tables in sync (public.t)")))
    // again and again, as the copy may not be that far yet
    for _ in 1...2 {
      for step in steps where step != .promote(node: "b") {
        if case .wait(_, "b to have its tables in sync (public.t)") = step { break }
        cascade = cascade.applying(step)
      }
    }
    cascade.nodes["b"]?.tables = tables
    #expect(
      try Switchover(from: "a", to: "b").next(cascade)
        == .wait(node: "b", reason: "b to have its tables in sync (public.t)"))
    cascade.nodes["a"]?.newestTickAge = 4
    #expect(try Switchover(from: "a", to: "b").next(cascade) == .demote(node: "a", step: 2, newRoot: "b"))
    tables.ignored = 1
    cascade.nodes["b"]?.tables = tables
    #expect(throws: CascadeError.self) { try Switchover(from: "a", to: "b").next(cascade) }
  }

  @Test func waitingEndsAtTheTick() throws {
    #expect(try ReachTick("b", tick: 100).next(Self.merged) == nil)
    let step = try ReachTick("b", tick: 101).next(Self.merged)
    #expect(step == .wait(node: "b", reason: "b to come to tick 101"))
    #expect(try ReachTick("a", tick: 500).next(Self.merged) == nil, "the root has everything")
    #expect(try ReachTickEverywhere(tick: 100).next(Self.merged.losing("b")) != nil)
  }
}
