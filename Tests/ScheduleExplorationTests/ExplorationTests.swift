import ScheduleExploration
import Testing

/// The explorer itself: two processes that add one to a number, with and without a lock.
@Suite struct ExplorationTests {
  private struct Counting: ScheduleModel {
    var locks: Bool
    var unlocks = true

    struct State: Hashable {
      var number = 0
      var read: [Int?] = [nil, nil]
      var done = [false, false]
    }

    var initialState: State { State() }

    func forEachStep(from state: State, _ visit: (String, State) -> Void) {
      for process in 0..<2 where !state.done[process] {
        var next = state
        if let value = state.read[process] {
          next.number = value + 1
          next.done[process] = true
          if unlocks { next.read[process] = nil }
          visit("\(process) writes \(value + 1)", next)
        } else if !locks || state.read[1 - process] == nil {
          next.read[process] = state.number
          visit("\(process) reads \(state.number)", next)
        }
      }
    }

    func violation(in state: State) -> String? {
      state.done == [true, true] && state.number != 2 ? "an addition is lost" : nil
    }

    func isComplete(_ state: State) -> Bool { state.done == [true, true] }
  }

  @Test func theShortestScheduleIsTold() throws {
    let found = try Counting(locks: false).explore()
    let counterexample = try #require(found.counterexample)
    #expect(counterexample.violation == "an addition is lost")
    #expect(counterexample.schedule == ["0 reads 0", "1 reads 0", "0 writes 1", "1 writes 1"])
  }

  @Test func everyScheduleOfTheLockIsGood() throws {
    let found = try Counting(locks: true).explore()
    #expect(found.counterexample == nil)
    #expect(found.states == 8)
    #expect(found.transitions == 8)
  }

  @Test func aDeadlockIsAViolation() throws {
    let found = try Counting(locks: true, unlocks: false).explore()
    #expect(found.counterexample?.violation == "nobody can go on")
    #expect(found.counterexample?.schedule == ["0 reads 0", "0 writes 1"])
  }

  @Test func tooManyStatesAreRefused() {
    #expect(throws: TooManyStates.self) { try Counting(locks: false).explore(limit: 3) }
  }
}
