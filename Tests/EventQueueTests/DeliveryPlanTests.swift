import Testing

@testable import EventQueue

@Suite struct DeliveryPlanTests {
  /// Begins everything that may be begun.
  private func begin(_ plan: inout DeliveryPlan) -> [Int] {
    var begun: [Int] = []
    while let index = plan.next() { begun.append(index) }
    return begun
  }

  @Test func messagesOfOneKeyComeOneAfterAnother() {
    var plan = DeliveryPlan(keys: ["a", "a", "b", nil, nil, "a"])
    #expect(begin(&plan) == [0, 2, 3, 4])
    plan.finish(0, .done)
    #expect(begin(&plan) == [1])
    plan.finish(2, .done)
    #expect(begin(&plan) == [])
    plan.finish(1, .done)
    #expect(begin(&plan) == [5])
    #expect(plan.handled == 6)
    #expect(plan.overtakers == [])
  }

  @Test func whatComesBehindAPostponedMessageIsNotBegun() {
    var plan = DeliveryPlan(keys: ["a", "a", "b", "a", "b"])
    #expect(begin(&plan) == [0, 2])
    plan.finish(0, .postponed)
    plan.finish(2, .done)
    #expect(begin(&plan) == [4])
    #expect(plan.overtakers == [1, 3])
  }

  @Test func stoppingLeavesNoGaps() {
    var plan = DeliveryPlan(keys: ["a", "a", "b", "a", nil])
    #expect(plan.next() == 0)
    #expect(plan.next() == 2)
    plan.stop()
    plan.finish(2, .done)
    #expect(plan.next() == nil)
    plan.finish(0, .done)
    // Number 1 lies before number 2, which was begun.
    #expect(plan.next() == 1)
    plan.finish(1, .done)
    #expect(plan.next() == nil)
    #expect(plan.handled == 3)
    #expect(plan.lastDone == 2)
  }

  @Test func stoppingBeforeAnythingLeavesAll() {
    var plan = DeliveryPlan(keys: [nil, "a", "a"])
    plan.stop()
    #expect(plan.next() == nil)
    #expect(plan.handled == 0)
    #expect(plan.lastDone == nil)
  }

  /// Random results in random order: every message is begun once or overtaken, in the order of its key, one at a time.
  @Test(arguments: 1...50) func randomSchedules(_ seed: UInt64) {
    var random = Random(state: seed)
    let keys = (0..<40).map { _ in ["a", "b", "c", nil].randomElement(using: &random) ?? nil }
    var plan = DeliveryPlan(keys: keys)
    var running: [Int] = []
    var begun: [Int] = []
    var done: [Int] = []
    let stopAt = Bool.random(using: &random) ? Int.random(in: 0..<40, using: &random) : nil
    while true {
      if let stopAt, begun.count >= stopAt { plan.stop() }
      while running.count < 4, let index = plan.next() {
        if let key = keys[index] {
          #expect(!running.contains { keys[$0] == key })
          #expect(begun.filter { keys[$0] == key }.allSatisfy { $0 < index })
        }
        running.append(index)
        begun.append(index)
      }
      guard let index = running.indices.randomElement(using: &random) else { break }
      let result: DeliveryPlan.Result = [.done, .done, .done, .dead, .postponed].randomElement(using: &random) ?? .done
      if result == .done { done.append(running[index]) }
      plan.finish(running.remove(at: index), result)
    }
    #expect(plan.lastDone == done.max())
    #expect(Set(begun).count == begun.count)
    let seen = Set(begun).union(plan.overtakers)
    #expect(seen.isSuperset(of: 0..<plan.handled))
    #expect(begun.allSatisfy { $0 < plan.handled })
    if stopAt == nil { #expect(plan.handled == 40) }
  }

  private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }
}
