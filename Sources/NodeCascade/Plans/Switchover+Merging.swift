extension Switchover {
  /// Until the leaves that fill the old root's queue stand still, and the new root knows where each of them stands: its own leaves, which only
  /// follow as long as it is a branch, go on from there.
  func merging(_ old: NodeState, _ new: NodeState) throws -> CascadeStep? {
    for merge in old.merges {
      guard let counterpart = new.merges.first(where: { $0.queue == merge.queue }) else {
        if isForced { continue }
        throw CascadeError(
          "queue \(merge.queue) is merged on \(old.name), but node \(new.name) has no leaf of it: it would go on without",
          hint:
            "make one there: trunkline node create-leaf --queue \(merge.queue) --merge; or leave it out with --force")
      }
      if !merge.worker.isPaused { return .pauseMerge(node: old.name, queue: merge.queue, true) }
      if !merge.worker.isUpToDate {
        return .wait(
          node: old.name, reason: "the worker that merges queue \(merge.queue) to stand still (does it run?)")
      }
      // the position comes with the events that were merged
      if counterpart.worker.tick < merge.worker.tick {
        return .wait(
          node: new.name,
          reason: """
            the leaf of queue \(merge.queue) on \(new.name) to come to tick \(merge.worker.tick) \
            (at \(counterpart.worker.tick))
            """)
      }
    }
    return nil
  }

  /// Lets the leaves beside the old root go on: from now on they follow.
  func resumingMerges(_ old: NodeState) -> CascadeStep? {
    old.merges.first { $0.worker.isPaused }.map { .pauseMerge(node: old.name, queue: $0.queue, false) }
  }
}
