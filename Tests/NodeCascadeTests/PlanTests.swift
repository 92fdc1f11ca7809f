import NodeCascade
import Testing

/// Plans are carried out on the snapshot alone, and broken off after every step.
@Suite struct PlanTests {
  static let four = cascade(
    [("a", "a"), ("b", "a"), ("c", "a"), ("d", "b")], leaves: ["d"])

  @Test func providerIsChanged() throws {
    let after = try run(ChangeProvider(node: "d", provider: "c"), on: Self.four)
    #expect(after.shape == ["a < a", "b < a", "c < a", "d < c"])
    #expect(after.nodes["b"]?.subscribers.isEmpty == true)
    #expect(after.nodes["d"]?.worker.isPaused == false)
  }

  @Test func pausedNodeStaysPausedIfAsked() throws {
    let paused = Self.four.applying(.pause(node: "d", true))
    let after = try run(ChangeProvider(node: "d", provider: "c", staysPaused: true), on: paused)
    #expect(after.nodes["d"]?.worker.isPaused == true)
  }

  @Test func circlesAndLeavesAreRefused() {
    #expect(throws: CascadeError.self) { try ChangeProvider(node: "b", provider: "d").next(Self.four) }
    let deep = cascade([("a", "a"), ("b", "a"), ("c", "b")])
    #expect(throws: CascadeError.self) { try ChangeProvider(node: "b", provider: "c").next(deep) }
    #expect(throws: CascadeError.self) { try ChangeProvider(node: "a", provider: "b").next(deep) }
    #expect(throws: CascadeError.self) { try ChangeProvider(node: "b", provider: "b").next(deep) }
  }

  @Test func rootIsSwitchedOver() throws {
    let after = try run(Switchover(from: "a", to: "b"), on: Self.four)
    #expect(after.shape == ["a < b", "b < b", "c < a", "d < b"])
    #expect(after.nodes["a"]?.type == .branch && after.nodes["b"]?.type == .root)
    #expect(after.nodes.values.allSatisfy { !$0.worker.isPaused })
    #expect(after.nodes["a"]?.subscribers.map(\.node) == ["c"])
  }

  @Test func switchoverMovesTheOthersIfAsked() throws {
    let after = try run(Switchover(from: "a", to: "b", movesSubscribers: true), on: Self.four)
    #expect(after.shape == ["a < b", "b < b", "c < b", "d < b"])
    #expect(after.nodes["a"]?.subscribers.isEmpty == true)
    #expect(after.nodes.values.allSatisfy { !$0.worker.isPaused })
  }

  @Test func newRootHasTheLastTickBeforeItIsOne() throws {
    let steps = try Self.four.steps(of: Switchover(from: "a", to: "b"))
    let last = try #require(steps.firstIndex(of: .demote(node: "a", step: 2, newRoot: "b")))
    let promotion = try #require(steps.firstIndex(of: .promote(node: "b")))
    let waits = steps[last..<promotion].contains { if case .wait("b", _) = $0 { true } else { false } }
    #expect(waits)
  }

  @Test func leafCannotBecomeTheRoot() {
    #expect(throws: CascadeError.self) { try Switchover(from: "a", to: "d").next(Self.four) }
  }

  /// The other branch is ahead: the new root reads from it first, and only then do the others move.
  @Test func newRootCatchesUpWithWhoeverIsAhead() throws {
    var cascade = Self.four
    cascade.nodes["c"]?.worker.tick = 105
    cascade.nodes["c"]?.newestTick = 105
    let lost = cascade.losing("a")
    let after = try run(DeadRootTakeover(of: "a", by: "b"), on: lost)
    #expect(after.shape == ["b < b", "c < b", "d < b"])
    #expect(after.nodes["b"]?.gravestones == ["a": 105])
    #expect(after.nodes["b"]?.worker.tick == 105)
    #expect(after.nodes.values.allSatisfy { !$0.worker.isPaused })
    let steps = try lost.steps(of: DeadRootTakeover(of: "a", by: "b"))
    let promotion = try #require(steps.firstIndex(of: .promote(node: "b")))
    let moved = try #require(steps.firstIndex(of: .setProvider(node: "c", provider: "b", resumes: true)))
    #expect(promotion < moved)
    #expect(after.nodes.values.allSatisfy { $0.members.contains { $0.name == "a" && $0.isDead } })
  }

  @Test func leafAheadOfEveryBranchIsNotOverlooked() throws {
    var cascade = cascade([("a", "a"), ("b", "a"), ("l", "a")], leaves: ["l"])
    cascade.nodes["l"]?.worker.tick = 103
    let lost = cascade.losing("a")
    #expect(throws: CascadeError.self) { try lost.steps(of: DeadRootTakeover(of: "a", by: "b")) }
    let after = try run(DeadRootTakeover(of: "a", by: "b", acceptsLeavesAhead: true), on: lost)
    #expect(after.shape == ["b < b", "l < a"])
  }

  @Test func livingRootIsNotDeclaredDead() {
    #expect(throws: CascadeError.self) { try DeadRootTakeover(of: "a", by: "b").next(Self.four) }
  }

  @Test func branchChangesPlacesWithTheOneAbove() throws {
    let chain = cascade([("a", "a"), ("b", "a"), ("c", "b"), ("d", "b")])
    let after = try run(BranchTakeover(of: "b", by: "c", movesSubscribers: true), on: chain)
    #expect(after.shape == ["a < a", "b < c", "c < a", "d < c"])
    #expect(after.nodes.values.allSatisfy { !$0.worker.isPaused })
  }

  @Test func lostBranchIsReplaced() throws {
    let chain = cascade([("a", "a"), ("b", "a"), ("c", "b"), ("d", "b")]).losing("b")
    let after = try run(BranchTakeover(of: "b", by: "c", movesSubscribers: true, isDead: true), on: chain)
    #expect(after.shape == ["a < a", "c < a", "d < c"])
    #expect(after.nodes.values.allSatisfy { !$0.worker.isPaused })
  }

  @Test func nodeWithOthersBelowIsNotDropped() throws {
    #expect(throws: CascadeError.self) { try DropNode("b").next(Self.four) }
    let after = try run(DropNode("d"), on: Self.four)
    #expect(after.nodes.values.allSatisfy { state in !state.members.contains { $0.name == "d" } })
  }

  @Test func everyoneHearsWhoIsDead() throws {
    let lost = Self.four.losing("c")
    let after = try run(TagNode("c", isDead: true), on: lost)
    #expect(after.nodes.values.allSatisfy { $0.members.contains { $0.name == "c" && $0.isDead } })
    let alive = try run(TagNode("c", isDead: false), on: after)
    #expect(!alive.isTaggedDead("c"))
  }

  @Test func treeShowsEveryNodeOnce() {
    let lines = CascadeTree(Self.four.losing("c")).lines
    #expect(lines.map { "\($0.depth) \($0.node)" } == ["0 a", "1 b", "2 d", "0 c"])
    #expect(lines.last?.isAlarming == true)
  }
}
