import EventQueue
import Logging
import PostgresClient

/// One round of a verification over one table, from where the last one was broken off.
struct VerificationPass {
  private let verification: TableVerification
  private let job: TableVerification.Job
  private let sessions: AlignedSessions
  private let memory: VerificationMemory?
  private let metrics: VerificationMetrics
  private var place: VerificationPlace
  /// Chunks that differ and were not looked at again yet; rows up to `lookedAt` are compared except for them.
  private var suspects: [KeyRange] = []
  private var lookedAt: [String]?
  private var noted = ContinuousClock.now

  /// Compares the rest of the table.
  ///
  /// - Returns: rows that differed, and the number of the round that is over.
  static func run(
    _ verification: TableVerification, _ job: TableVerification.Job
  ) async throws -> (drifted: Int, round: Int64) {
    try await AlignedSessions.with(job.databases, lanes: 1, logger: verification.logger) { sessions in
      let notes = try await PostgresConnection.connect(job.databases.target, logger: verification.logger)
      do {
        let memory = try await VerificationMemory.open(verification.name, notes)
        var pass = VerificationPass(
          verification: verification, job: job, sessions: sessions, memory: memory,
          metrics: VerificationMetrics(table: job.table.label),
          place: try await memory?.place(job.table.label) ?? VerificationPlace())
        let drifted = try await pass.work()
        await notes.close()
        return (drifted, pass.place.round - 1)
      } catch {
        await notes.close()
        throw error
      }
    }
  }

  private init(
    verification: TableVerification, job: TableVerification.Job, sessions: AlignedSessions, memory: VerificationMemory?,
    metrics: VerificationMetrics, place: VerificationPlace
  ) {
    self.verification = verification
    self.job = job
    self.sessions = sessions
    self.memory = memory
    self.metrics = metrics
    self.place = place
  }

  private mutating func work() async throws -> Int {
    guard let source = sessions.source.first, let cutter = sessions.source.last, let target = sessions.target.first
    else { return 0 }
    let pair = try await TablePair.read(job.table, cutter, target)
    if pair.walk == nil || place.after?.count != pair.key.count { place.after = nil }
    let before = place.drifted
    let cuts = ChunkCutter(
      pair.left, connection: cutter, isWalked: pair.walk != nil, rows: verification.chunkRows, after: place.after)
    let limit = RateLimit(rowsPerSecond: verification.rowsPerSecond)
    while let range = try await cuts.next() {
      try Task.checkCancellation()
      let start = ContinuousClock.now
      let chunk = ChunkComparison(pair: pair, source: source, target: target, tally: tally(pair))
      let result = try await pair.walk == nil ? (rows: 0, isEqual: false) : chunk.isEqual(range)
      if !result.isEqual { suspects.append(range) }
      lookedAt = range.through
      let isOld = suspects.count >= TableVerification.mostSuspects || range.through == nil
      var rows = result.rows
      if isOld, !suspects.isEmpty { rows += try await lookAgain(pair) }
      metrics.compared(rows)
      place.rows += rows
      verification.onRound(nil)
      if suspects.isEmpty, range.through != nil { try await note() }
      try await Task.sleep(for: limit.rest(after: rows, took: ContinuousClock.now - start))
    }
    return try await finish() - before
  }

  /// Compares suspects at a position. Returns the rows that were counted only now.
  private mutating func lookAgain(_ pair: TablePair) async throws -> Int {
    guard let source = sessions.source.first, let target = sessions.target.first else { return 0 }
    try await sessions.align(patience: verification.patience)
    try await sessions.checkReady(job.table)
    let tally = tally(pair)
    var rows = 0
    for range in suspects {
      let chunk = ChunkComparison(pair: pair, source: source, target: target, tally: tally)
      let result = try await chunk.run(range)
      if pair.walk == nil { rows += result.rows }
      metrics.rechecked()
    }
    var difference = await tally.difference
    difference.tick = await sessions.tick
    await sessions.end()
    suspects = []
    guard difference.count > 0 else { return rows }
    place.drifted += difference.count
    metrics.found(difference.count)
    verification.logger.warning(
      "rows have drifted apart",
      metadata: [
        "table": "\(difference.table)", "missing": "\(difference.missing)", "surplus": "\(difference.surplus)",
        "changed": "\(difference.changed)", "remedy": "trunkline table repair",
      ])
    verification.onReport(.drift(difference))
    return rows
  }

  private func tally(_ pair: TablePair) -> DifferenceTally {
    DifferenceTally(job.table.label, pair, most: 100, onRow: { _ in }, onProgress: { _ in })
  }

  /// Notes the place, about once a second: what was compared since is compared again after a crash.
  private mutating func note() async throws {
    place.after = lookedAt
    guard ContinuousClock.now - noted > .seconds(1) else { return }
    try await memory?.note(place, job.table.label)
    noted = .now
  }

  private mutating func finish() async throws -> Int {
    let counts = (rows: place.rows, drifted: place.drifted)
    let round = place.round
    place = VerificationPlace(after: nil, round: round + 1)
    try await memory?.note(place, job.table.label, finished: counts)
    metrics.finished(drifted: counts.drifted)
    verification.onReport(
      .finished(table: job.table.label, round: round, rows: counts.rows, drifted: counts.drifted))
    return counts.drifted
  }
}
