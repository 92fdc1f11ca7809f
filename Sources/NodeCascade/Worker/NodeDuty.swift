/// What a node's worker has to do, decided from what the node's database says. A pure value.
package enum NodeDuty: Sendable, Equatable {
  /// The node is the root: there is nothing to bring in; watermarks and sequences are published.
  case publish
  /// The worker was asked to stand still.
  case stand
  /// Batches are to be brought in.
  case work(Assignment)

  /// From where batches are brought, and what is done with them.
  package struct Assignment: Sendable, Equatable {
    /// The provider's node and connection string.
    package var provider: String, location: String
    package var role: Role

    package init(provider: String, location: String, role: Role) {
      self.provider = provider
      self.location = location
      self.role = role
    }
  }

  /// What becomes of the batches.
  package enum Role: Sendable, Equatable {
    /// They are applied to tables.
    case leaf
    /// They are applied, and copied with their ticks into the node's own queue.
    case branch
    /// They are applied, and put into the combined queue, whose root is in the same database.
    case merging(into: String)
    /// They come through the combined queue, of which the same database is a branch. Only what the nodes of this queue tell each
    /// other is done, up to where the combined queue has come.
    case following(combined: String)

    /// Whether batch borders must be those of every single tick.
    package var needsEveryTick: Bool { self == .branch }

    /// Whether the node's position may have been moved by the combined queue.
    package var sharesPosition: Bool {
      switch self {
      case .leaf, .branch: false
      case .merging, .following: true
      }
    }
  }

  /// Decides.
  ///
  /// - Throws: ``CascadeError`` when the node does not know how to reach its provider.
  package init(_ state: WorkerState) throws {
    switch state.type {
    case .root: self = .publish
    case _ where state.isPaused: self = .stand
    case .branch, .leaf:
      guard state.provider != state.node else {
        // Between two steps of a change of roots.
        self = .stand
        return
      }
      guard let location = state.providerLocation else {
        throw CascadeError(
          "node \(state.node) does not know the location of its provider \(state.provider)",
          hint: "tell it: select pgq_node.register_location(queue, node, location, false)")
      }
      self = .work(Assignment(provider: state.provider, location: location, role: Self.role(state)))
    }
  }

  private static func role(_ state: WorkerState) -> Role {
    guard state.type == .leaf else { return .branch }
    guard let combined = state.combinedQueue else { return .leaf }
    return state.combinedType == .root ? .merging(into: combined) : .following(combined: combined)
  }
}
