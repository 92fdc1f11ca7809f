import EventFormats
import Logging
import PostgresClient
import ServiceRuntime
import TableComparison

/// Compares one table after the other, each at a position of its own, so that no old snapshot is held for long.
struct ComparisonRun {
  let jobs: [ComparisonJob]
  let lanes: Int
  let patience: Duration
  let logger: Logger
  let progress = ComparisonProgress()

  /// Compares all tables.
  ///
  /// - Parameters:
  ///   - prepare: sets up the comparison of a table.
  ///   - finish: called with each result while both sides are still seen at its position.
  func run(
    _ prepare: (inout TableComparison, ComparisonJob) -> Void,
    _ finish: (TableDifference, ComparisonJob, AlignedSessions) async throws -> Void
  ) async throws {
    for job in jobs {
      try await AlignedSessions.with(job.databases, lanes: lanes, logger: logger) { sessions in
        try await sessions.align(patience: patience)
        var comparison = TableComparison(table: job.table)
        comparison.onProgress = { [progress] in progress.add($0) }
        prepare(&comparison, job)
        if let reader = sessions.source.first {
          progress.begin(
            job.table.label, expected: await ComparisonProgress.estimate(job.table.source.quoted, reader))
        }
        let difference = try await comparison.run(sessions)
        progress.end()
        try await finish(difference, job, sessions)
      }
    }
  }
}
