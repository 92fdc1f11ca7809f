import EventQueue
package import Logging
package import PostgresClient

/// Compares tables again and again at a low rate, and tells what has drifted apart.
///
/// Chunk by chunk: first without any care for positions, in two short statements. A chunk that differs may only be on its way;
/// such chunks are compared again, several together, at a common position, and count as drift only if they differ there, too.
/// So no snapshot is held for long, and what is written meanwhile raises no alarm.
package struct TableVerification: Sendable {
  /// A table in two databases.
  package struct Job: Sendable {
    package var databases: ComparedDatabases
    package var table: ComparedTable

    package init(databases: ComparedDatabases, table: ComparedTable) {
      self.databases = databases
      self.table = table
    }
  }

  /// What happened, for the person or program that reads it.
  package enum Report: Sendable {
    /// Rows of a table differ.
    case drift(TableDifference)
    /// A table was compared from its beginning to its end.
    case finished(table: String, round: Int64, rows: Int, drifted: Int)
  }

  package var jobs: [Job]
  /// Under which name the target remembers how far it is.
  package var name: String
  /// Rows a second; 0: no limit.
  package var rowsPerSecond = 5000
  /// Pause between two rounds.
  package var interval: Duration = .seconds(3600)
  /// End after so many rounds.
  package var rounds: Int?
  package var chunkRows = 2000
  /// How long the target may take to get to a position.
  package var patience: Duration = .seconds(60)
  package var logger: Logger
  package var retryPolicy = ReconnectPolicy(initialDelay: .seconds(1), maximumDelay: .seconds(60))
  package var onReport: @Sendable (Report) -> Void = { _ in }
  /// Told how it goes: `nil` after every chunk.
  package var onRound: @Sendable ((any Error)?) -> Void = { _ in }

  package init(jobs: [Job], name: String, logger: Logger) {
    self.jobs = jobs
    self.name = name
    self.logger = logger
  }

  /// Chunks that differ, to be compared again together.
  static let mostSuspects = 16

  /// Works until the task is cancelled, or the rounds are over. Failures are logged and tried again after a while.
  ///
  /// - Returns: the number of rows that differed, in all rounds.
  /// - Throws: `CancellationError`; with ``rounds``, ``ComparisonError`` and `PostgresError`, too.
  @discardableResult
  package func run() async throws -> Int {
    var drifted = 0
    var failures = 0
    var rounds = 0
    var done = try await remembered()
    while rounds < self.rounds ?? .max {
      guard let index = Self.next(done) else { return drifted }
      do {
        let pass = try await VerificationPass.run(self, jobs[index])
        drifted += pass.drifted
        done[index] = pass.round
        failures = 0
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        try Task.checkCancellation()
        guard self.rounds == nil else { throw error }
        failures += 1
        onRound(error)
        let delay = retryPolicy.delay(afterFailures: failures)
        logger.error(
          "stopped, trying again in \(delay)",
          metadata: ["table": "\(jobs[index].table.label)", "error": "\(error)"])
        try await Task.sleep(for: delay)
        continue
      }
      guard Set(done).count == 1 else { continue }
      rounds += 1
      if rounds < self.rounds ?? .max { try await Task.sleep(for: interval) }
    }
    return drifted
  }

  /// The table whose turn it is: the one with the fewest rounds.
  static func next(_ finished: [Int64]) -> Int? {
    finished.indices.min { (finished[$0], $0) < (finished[$1], $1) }
  }

  /// The rounds that each table has behind it. A table that is new joins in the round of the others.
  private func remembered() async throws -> [Int64] {
    guard let first = jobs.first else { return [] }
    let connection = try await PostgresConnection.connect(first.databases.target, logger: logger)
    do {
      var rounds: [Int64?] = []
      if let memory = try await VerificationMemory.open(name, connection) {
        for job in jobs { rounds.append(try await memory.place(job.table.label).map { $0.round - 1 }) }
      } else {
        logger.notice(
          "the target cannot remember how far the verification is",
          metadata: ["remedy": "trunkline schema install in the target"])
        rounds = jobs.map { _ in nil }
      }
      await connection.close()
      let lowest = rounds.compactMap { $0 }.min() ?? 0
      return rounds.map { $0 ?? lowest }
    } catch {
      await connection.close()
      throw error
    }
  }
}
