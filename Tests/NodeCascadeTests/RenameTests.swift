import NodeCascade
import Testing

@Suite struct RenameTests {
  private static let four = cascade([("a", "a"), ("b", "a"), ("c", "a"), ("d", "b")], leaves: ["d"])

  @Test(arguments: ["a", "b", "c", "d"])
  func nameIsAnotherOneEverywhere(_ old: String) throws {
    let after = try run(RenameNode(from: old, to: "new"), on: Self.four)
    #expect(after.nodes[old] == nil)
    #expect(after.nodes["new"]?.worker.isPaused == false)
    for node in after.nodes.values {
      #expect(node.provider != old && !node.members.contains { $0.name == old })
      #expect(node.members.contains { $0.name == "new" } && !node.subscribers.contains { $0.node == old })
    }
  }

  /// What it tells everybody would be refused by a node that still has the old name.
  @Test(arguments: ["a", "b", "d"])
  func rootIsTheLast(_ old: String) throws {
    let steps = try Self.four.steps(of: RenameNode(from: old, to: "new"))
    let renamed = steps.compactMap { if case .rename(let node, _, _) = $0 { node } else { nil } }
    #expect(renamed.last == "a" && renamed.count == 4)
    let first = try #require(steps.firstIndex { if case .rename = $0 { true } else { false } })
    #expect(steps.firstIndex(of: .pause(node: old, true)).map { $0 < first } == true)
  }

  @Test func nodesThatDoNotAnswerAndNamesThatAreTakenAreRefused() throws {
    #expect(throws: CascadeError.self) { try RenameNode(from: "b", to: "c").next(Self.four) }
    #expect(throws: CascadeError.self) { try RenameNode(from: "x", to: "y").next(Self.four) }
    #expect(throws: CascadeError.self) { try RenameNode(from: "b", to: "b").next(Self.four) }
    #expect(throws: CascadeError.self) { try RenameNode(from: "b", to: "x,y").next(Self.four) }
    #expect(throws: CascadeError.self) { try RenameNode(from: "b", to: "new").next(Self.four.losing("c")) }
    // tagged as dead: it hears of it when it is back and the command is run again
    let without = try run(TagNode("c", isDead: true), on: Self.four.losing("c"))
    var after = try run(RenameNode(from: "b", to: "new"), on: without)
    after.nodes["c"] = Self.four.nodes["c"]
    after.unreachable["c"] = nil
    let late = try run(RenameNode(from: "b", to: "new"), on: after)
    #expect(late.nodes["c"]?.members.contains { $0.name == "b" } == false)
  }
}
