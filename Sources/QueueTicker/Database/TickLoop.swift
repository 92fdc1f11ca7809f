import EventFormats
import Logging
import PostgresClient

/// Makes the ticks of one database over one connection, as long as that lasts.
struct TickLoop {
  private let session: TickerSession
  private let policy: TickPolicy
  private let report: DatabaseReport
  private let logger: Logger
  private let started = ContinuousClock.now

  private var queues: [String: QueueTickState] = [:]
  private var rhythm: TickerRhythm
  private var snapshot: TransactionSnapshot?
  private var watchIntervals = WatchIntervals()

  init(session: TickerSession, settings: TickerSettings, report: DatabaseReport, logger: Logger) {
    self.session = session
    policy = TickPolicy(latency: settings.latency)
    self.report = report
    self.logger = logger
    rhythm = TickerRhythm(policy: policy)
    if settings.staysAwake { rhythm.sleeplessInterval = .milliseconds(20) }
  }

  /// Ticks until the task is cancelled; then leaves the announcement "awake" behind.
  ///
  /// - Throws: errors of the connection, and of looking at the queues. Errors of single queues are reported, not thrown.
  mutating func run() async throws {
    try await session.connection.listen("trunkline_ticker")
    try await session.announce(awake: true)
    while !Task.isCancelled {
      let findings = try await look()
      switch rhythm.looked(findings, snapshot: snapshot, now: now) {
      case .pause(let time):
        try? await Task.sleep(for: time)
      case .fallAsleep:
        try await fallAsleep()
      case .wakeUp:
        try await session.announce(awake: true)
        rhythm.wokeUp()
      case .listen(let time):
        try await listen(upTo: time)
      }
    }
    // Producers that notify nobody would pay for nothing until the next ticker starts.
    if !rhythm.isAwake { try await session.announce(awake: true) }
  }

  private var now: Duration { ContinuousClock.now - started }

  /// Looks at all queues and makes the ticks that are due.
  private mutating func look() async throws -> TickerRhythm.Findings {
    let before = now
    let look = try await session.look()
    var findings = TickerRhythm.Findings(isActive: false, cost: now - before)
    var states: [String: QueueTickState] = [:]
    snapshot = look.snapshot
    for queue in look.queues {
      var state = queues[queue.queue] ?? QueueTickState()
      let due: Duration
      switch decide(queue, look.snapshot, &state) {
      case .wait(let time):
        due = time
        if queue.newEvents > 0, !state.isFailing { findings.isActive = true }
      case .tick(let reason):
        due = try await tick(queue, reason, &state)
        if reason != .idle, !state.isFailing { findings.isActive = true }
      }
      findings.nextDue = min(findings.nextDue ?? due, due)
      states[queue.queue] = state
    }
    queues = states
    report.looked(failing: queues.filter(\.value.isFailing).map(\.key))
    return findings
  }

  private func decide(
    _ queue: QueueObservation, _ snapshot: TransactionSnapshot?, _ state: inout QueueTickState
  ) -> TickDecision {
    guard let snapshot else { return .wait(.seconds(1)) }
    return state.decide(queue, snapshot: snapshot, policy: policy, now: now)
  }

  /// - Returns: time until the next look at this queue is of use.
  private mutating func tick(
    _ queue: QueueObservation, _ reason: TickReason, _ state: inout QueueTickState
  ) async throws -> Duration {
    do {
      let before = now
      let tick = try await session.makeTick(queue.queue)
      report.ticked(in: now - before)
      if state.isFailing { logger.notice("queue is ticked again", metadata: ["queue": "\(queue.queue)"]) }
      state.ticked(tick)
      if reason == .events { watchIntervals = WatchIntervals() }
      logger.trace("tick", metadata: ["queue": "\(queue.queue)", "tick": "\(tick.id)", "reason": "\(reason.rawValue)"])
      return queue.maximumLag / 2
    } catch let error as PostgresError where error.code == .server {
      guard await !session.connection.isClosed else { throw error }
      let pause = state.failed(now: now)
      report.failed(queue: queue.queue, error)
      logger.error(
        "no tick for this queue, trying again in \(pause)",
        metadata: ["queue": "\(queue.queue)", "error": "\(error)"])
      return pause
    }
  }

  private mutating func fallAsleep() async throws {
    // what producers sent while they still saw the ticker asleep the last time
    while try await session.connection.waitForNotification(timeout: .zero) != nil {}
    try await session.announce(awake: false)
    rhythm.fellAsleep(watching: try await session.runningTransactions())
    watchIntervals = WatchIntervals()
  }

  /// Waits for a notification, for the time to pass, or for the end of a watched transaction.
  private mutating func listen(upTo time: Duration) async throws {
    let deadline = now + time
    let isWatching = !rhythm.watched.isEmpty || queues.values.contains { !$0.watched.isEmpty }
    do {
      while true {
        let remaining = deadline - now
        guard remaining > .zero else { return }
        let wait = isWatching ? min(remaining, watchIntervals.take()) : remaining
        if try await session.connection.waitForNotification(timeout: wait) != nil {
          // one look serves them all
          while try await session.connection.waitForNotification(timeout: .zero) != nil {}
          return
        }
        guard isWatching else { continue }
        let snapshot = try await session.snapshot()
        if rhythm.watched.hasEnded(in: snapshot) { return }
        if queues.values.contains(where: { $0.watched.hasEnded(in: snapshot) }) { return }
      }
    } catch is CancellationError {
      return
    }
  }
}
