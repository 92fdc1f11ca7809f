/// What the copy of one table does next. A pure value.
enum CopyStep: Sendable, Equatable {
  /// The table is taken over or was removed: clear up.
  case end
  /// Copy the rows.
  case copy
  /// Follow the changes by one batch, if there is one up to this tick.
  case follow(upTo: Int64)
  /// Nothing, before something has changed.
  case wait

  /// - Parameters:
  ///   - copy: the table; `nil`: it is not local any more.
  ///   - workerTick: where the node's worker stands.
  ///   - attributes: what the table's attributes say.
  ///   - hasSource: whether the source has the table in sync.
  init(_ copy: SetCopy?, workerTick: Int64, attributes: CopyAttributes, hasSource: Bool) {
    guard let copy, !copy.isReady else {
      self = .end
      return
    }
    guard copy.isCopying, let tick = copy.tick else {
      // The worker has not said that the copy may begin.
      self = .wait
      return
    }
    guard copy.copied != nil, copy.isFollowing else {
      let mayCopy = copy.role != "wait-copy" && copy.rank < attributes.maximumCopies && hasSource
      self = mayCopy ? .copy : .wait
      return
    }
    // It never goes beyond the worker: that takes the table over where both stand at the same tick.
    self = copy.role == "wait-replay" || tick >= workerTick ? .wait : .follow(upTo: workerTick)
  }
}
