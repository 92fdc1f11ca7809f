/// What to do about the worker's position at its provider when a session begins. The node's own position is the truth: it changed
/// with the data. A pure value.
package enum ProviderAlignment: Sendable, Equatable {
  /// Both are the same.
  case aligned
  /// The provider is to be told the node's tick, which it has.
  case move(to: Int64)
  /// The provider has not, or no longer, the node's tick.
  case lost(at: Int64)
  /// The provider has not come to the node's tick yet.
  case wait(for: Int64)

  /// - Parameters:
  ///   - completed: the tick up to which everything is here.
  ///   - position: where the worker's consumer stands at the provider.
  ///   - hasTick: whether the provider has the tick `completed`.
  ///   - newest: the provider's newest tick.
  package init(completed: Int64, position: Int64, hasTick: Bool, newest: Int64?) {
    if position == completed {
      self = .aligned
    } else if hasTick {
      self = .move(to: completed)
    } else if let newest, newest < completed {
      self = .wait(for: completed)
    } else {
      self = .lost(at: completed)
    }
  }
}
