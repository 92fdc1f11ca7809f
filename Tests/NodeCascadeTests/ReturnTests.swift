import NodeCascade
import Testing

/// A lost root comes back.
@Suite struct ReturnTests {
  /// `a` was the root at tick 107 when it was lost; the others went on at 100 under `b`.
  private static func comeBack() throws -> CascadeSnapshot {
    let before = cascade([("a", "a"), ("b", "a"), ("c", "a"), ("d", "b")], leaves: ["d"])
    var after = try run(DeadRootTakeover(of: "a", by: "b"), on: before.losing("a"))
    var old = try #require(before.nodes["a"])
    old.newestTick = 107
    old.worker.tick = 107
    after.nodes["a"] = old
    after.unreachable["a"] = nil
    return after
  }

  @Test func lostRootBecomesAPausedBranch() throws {
    let start = try Self.comeBack()
    let steps = try start.steps(of: Resurrection("a", dump: "f"))
    #expect(steps.first == .demote(node: "a", step: 1, newRoot: "b"))
    #expect(steps.contains(.withdraw(node: "a", tick: 100, provider: "b", keeping: [], dump: "f")))
    let after = try run(Resurrection("a", dump: "f"), on: start)
    let node = try #require(after.nodes["a"])
    #expect(node.type == .branch && node.provider == "b" && node.worker.tick == 100 && node.worker.isPaused)
    #expect(node.subscribers.isEmpty)
    let root = try #require(after.nodes["b"])
    #expect(root.gravestones.isEmpty)
    #expect(root.subscribers.first { $0.node == "a" }?.workerTick == 100)
    #expect(!after.isTaggedDead("a"))
  }

  @Test func eventsAreWithdrawnOnlyWhenNoMoreCanCome() throws {
    let steps = try Self.comeBack().steps(of: Resurrection("a", dump: "f"))
    let closed = try #require(steps.firstIndex(of: .demote(node: "a", step: 2, newRoot: "b")))
    let withdrawn = try #require(steps.firstIndex { if case .withdraw = $0 { true } else { false } })
    #expect(closed < withdrawn)
  }

  @Test func newRootThatItDoesNotKnowIsRegisteredFirst() throws {
    var start = try Self.comeBack()
    start.nodes["a"]?.members.removeAll { $0.name == "b" }
    let steps = try start.steps(of: Resurrection("a", dump: "f"))
    #expect(steps.first == .register(node: "a", member: .init(name: "b", connectionString: "dbname=b")))
  }

  @Test func nodesThatKeptReadingFromItStayIfTheyAreNotAhead() throws {
    var start = try Self.comeBack()
    start.nodes["c"]?.provider = "a"
    start.nodes["a"]?.subscribers = [.init(node: "b", worker: "w_b"), .init(node: "c", worker: "w_c")]
    let after = try run(Resurrection("a", dump: "f"), on: start)
    #expect(after.nodes["a"]?.subscribers.map(\.node) == ["c"])
    start.nodes["c"]?.worker.tick = 103
    #expect(throws: CascadeError.self) { try Resurrection("a", dump: "f").next(start) }
  }

  @Test func nothingIsDoneWithoutAGravestone() throws {
    var start = try Self.comeBack()
    start.nodes["b"]?.gravestones = [:]
    #expect(throws: CascadeError.self) { try Resurrection("a", dump: "f").next(start) }
    #expect(throws: CascadeError.self) { try Resurrection("d", dump: "f").next(Self.comeBack()) }
  }
}
