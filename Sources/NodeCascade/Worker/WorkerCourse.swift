import EventQueue

/// What a worker remembers from one session to the next.
struct WorkerCourse: Sendable {
  enum Period: Hashable, Sendable { case globalWatermark, localWatermark, sequences }

  /// The claim of the session before: a worker that lost its connection only goes on if nobody claimed the node meanwhile.
  var lease: Int64?
  /// Who claims, the same from one session to the next.
  let holder = workerDescription()
  /// Failures in a row.
  var failures = 0
  /// What counts, if anything does.
  var metrics: TransferMetrics?
  var periods = Periods<Period>()
  private var held: (duty: NodeDuty, until: ContinuousClock.Instant)?

  /// Waits with a duty after it failed. Another one may begin at once.
  mutating func hold(_ duty: NodeDuty, for delay: Duration) { held = (duty, .now + delay) }

  func mayWork(on duty: NodeDuty) -> Bool {
    guard let held, held.duty == duty else { return true }
    return held.until <= .now
  }
}
