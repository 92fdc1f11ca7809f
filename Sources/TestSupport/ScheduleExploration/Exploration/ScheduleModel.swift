/// An algorithm of several processes as a pure value: where everybody stands, and who can do what next.
///
/// A step is what happens at once for everybody else, for example one statement. Everything between two steps can be
/// interleaved with the steps of other processes.
package protocol ScheduleModel: Sendable {
  associatedtype State: Hashable & Sendable
  associatedtype Step: CustomStringConvertible & Sendable

  var initialState: State { get }

  /// Calls `visit` for each step that is possible in `state`, in an order that depends on `state` alone.
  func forEachStep(from state: State, _ visit: (Step, State) -> Void)

  /// What must never be so, in words; nil for a good state.
  func violation(in state: State) -> String?

  /// Whether everybody has come to an end. A state without further steps that is not complete is a deadlock.
  func isComplete(_ state: State) -> Bool
}
