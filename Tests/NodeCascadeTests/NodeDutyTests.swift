import NodeCascade
import Testing

/// What a worker has to do, from what its node says.
@Suite struct NodeDutyTests {
  private func state(_ type: NodeType, provider: String = "above", location: String? = "dbname=above") -> WorkerState {
    WorkerState(
      type: type, node: "here", worker: "w", completedTick: 7, provider: provider, providerLocation: location)
  }

  @Test func rootPublishesEvenWhenItIsPaused() throws {
    var root = state(.root, provider: "here", location: nil)
    root.isPaused = true
    #expect(try NodeDuty(root) == .publish)
  }

  @Test(arguments: [NodeType.branch, .leaf]) func othersWorkUnlessTheyArePaused(type: NodeType) throws {
    var node = state(type)
    let role: NodeDuty.Role = type == .branch ? .branch : .leaf
    #expect(
      try NodeDuty(node) == .work(.init(provider: "above", location: "dbname=above", role: role)))
    node.isPaused = true
    #expect(try NodeDuty(node) == .stand)
  }

  /// Between two steps of a switchover, a branch can be its own provider.
  @Test func nodeDoesNotReadFromItself() throws {
    #expect(try NodeDuty(state(.branch, provider: "here")) == .stand)
  }

  @Test func aMissingLocationIsRefused() {
    #expect(throws: CascadeError.self) { try NodeDuty(state(.leaf, location: nil)) }
  }

  /// What a leaf does that merges depends on what its database is for the combined queue.
  @Test func leavesMergeBesideTheRootAndFollowElsewhere() throws {
    var node = state(.leaf)
    node.combinedQueue = "all"
    for (type, role) in [
      (NodeType.root, NodeDuty.Role.merging(into: "all")), (.branch, .following(combined: "all")),
    ] {
      node.combinedType = type
      #expect(try NodeDuty(node) == .work(.init(provider: "above", location: "dbname=above", role: role)))
      #expect(role.sharesPosition && !role.needsEveryTick)
    }
  }

  /// A change of what was finished is no change of duty.
  @Test func dutyIsTheSameFromBatchToBatch() throws {
    var next = state(.leaf)
    next.completedTick = 8
    #expect(try NodeDuty(next) == NodeDuty(state(.leaf)))
  }

  @Test func positionAtTheProviderFollowsTheNode() {
    #expect(ProviderAlignment(completed: 5, position: 5, hasTick: false, newest: nil) == .aligned)
    #expect(ProviderAlignment(completed: 5, position: 4, hasTick: true, newest: 9) == .move(to: 5))
    #expect(ProviderAlignment(completed: 5, position: 6, hasTick: true, newest: 9) == .move(to: 5))
    #expect(ProviderAlignment(completed: 5, position: 4, hasTick: false, newest: 4) == .wait(for: 5))
    #expect(ProviderAlignment(completed: 5, position: 8, hasTick: false, newest: 9) == .lost(at: 5))
  }
}
