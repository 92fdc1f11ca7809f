/// What was found by looking at every schedule of a model.
package struct Exploration: Sendable, CustomStringConvertible {
  /// Different states that were reached.
  package let states: Int

  /// Steps between them.
  package let transitions: Int

  /// The shortest schedule that leads to a violation; nil if there is none.
  package let counterexample: Counterexample?

  /// A schedule that must not be possible.
  package struct Counterexample: Sendable {
    /// What is wrong in the end.
    package let violation: String
    /// Each step in words, first to last.
    package let schedule: [String]
  }

  package var description: String {
    guard let counterexample else { return "\(states) states, \(transitions) steps, no violation" }
    let lines = counterexample.schedule.enumerated().map { "\($0.offset + 1). \($0.element)" }
    return "after \(states) states: \(counterexample.violation)\n" + lines.joined(separator: "\n")
  }
}

/// More states than allowed; the configuration is too large to be explored.
package struct TooManyStates: Error {
  package let limit: Int
}

extension ScheduleModel {
  /// Visits every state that any schedule can reach, breadth first, and stops at the first violation, which therefore has
  /// a schedule of the least number of steps.
  ///
  /// States are compared by their full value: nothing is left out but what was seen before.
  /// - Throws: `TooManyStates` when there are more than `limit`.
  package func explore(limit: Int = 20_000_000) throws -> Exploration {
    var known: Set<State> = [initialState]
    // Of each state in the order of discovery: from which it was reached, and by which of that state's steps.
    var parents: [(state: Int32, step: Int32)] = [(-1, 0)]
    var frontier: [State] = [initialState]
    var frontierStart = 0
    var transitions = 0

    while !frontier.isEmpty {
      var next: [State] = []
      for (offset, state) in frontier.enumerated() {
        let index = frontierStart + offset
        if let violation = violation(in: state) {
          return Exploration(
            states: known.count, transitions: transitions,
            counterexample: .init(violation: violation, schedule: schedule(to: index, parents)))
        }
        var step: Int32 = 0
        forEachStep(from: state) { _, successor in
          if known.insert(successor).inserted {
            next.append(successor)
            parents.append((Int32(index), step))
          }
          step += 1
        }
        transitions += Int(step)
        if step == 0, !isComplete(state) {
          return Exploration(
            states: known.count, transitions: transitions,
            counterexample: .init(violation: "nobody can go on", schedule: schedule(to: index, parents)))
        }
      }
      guard known.count <= limit else { throw TooManyStates(limit: limit) }
      frontierStart += frontier.count
      frontier = next
    }
    return Exploration(states: known.count, transitions: transitions, counterexample: nil)
  }

  private func schedule(to index: Int, _ parents: [(state: Int32, step: Int32)]) -> [String] {
    var choices: [Int32] = []
    var current = index
    while parents[current].state >= 0 {
      choices.append(parents[current].step)
      current = Int(parents[current].state)
    }
    var state = initialState
    var words: [String] = []
    for choice in choices.reversed() {
      var step: Int32 = 0
      let before = state
      forEachStep(from: before) { taken, successor in
        if step == choice {
          words.append(taken.description)
          state = successor
        }
        step += 1
      }
    }
    return words
  }
}
