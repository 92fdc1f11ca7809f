import ServiceRuntime

extension Cascade {
  /// Carries out a plan: looks, does the next step, looks again, until nothing is left to do.
  ///
  /// It may be broken off at any moment and run again. Each step is told to `report` before it is done.
  ///
  /// - Parameter patience: how long to wait for one and the same thing.
  /// - Throws: ``CascadeError``: the goal cannot be reached, or the patience is over; `PostgresError`; `CancellationError`.
  public func run(
    _ plan: some CascadePlan, patience: Duration = .seconds(60), report: @Sendable (CascadeStep) -> Void = { _ in }
  ) async throws {
    var waiting: (step: CascadeStep, since: ContinuousClock.Instant)?
    while true {
      let snapshot = try await look()
      guard let step = try plan.next(snapshot) else { return }
      guard case .wait(_, let reason) = step else {
        // a further tick for those who are waited for is no end of the wait
        if case .demote(_, 2, _) = step {} else { waiting = nil }
        report(step)
        let local = try await localNode()
        try await perform(step, in: snapshot)
        // from here, nobody can be asked any more
        if step == .drop(node: local) { return }
        continue
      }
      if waiting?.step != step {
        report(step)
        waiting = (step, .now)
      } else if let since = waiting?.since, since.duration(to: .now) > patience {
        throw CascadeError(
          "gave up after waiting \(patience) for \(reason)",
          hint: "see what holds it up: trunkline node status; then run the command again: it goes on from here",
          exitCode: .temporary)
      }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
}
