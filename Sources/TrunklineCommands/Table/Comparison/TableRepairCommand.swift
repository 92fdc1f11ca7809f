import ArgumentParser
import EventFormats
import PostgresClient
import ServiceRuntime
import Synchronization
import TableComparison

/// `trunkline table repair`
struct TableRepairCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Make differing rows of a target like the source's again; without --apply only print the SQL.",
    discussion: """
      Compares as 'table compare' does, then deals with the rows that differ. Without --apply or --through-queue, prints a \
      script for psql on the target; its statements do nothing to rows that have changed since.

      --apply writes into the target itself, in short transactions in which both sides are compared again at a common \
      position. --through-queue makes the source send the rows again, so that all copies downstream get them, in order with \
      everything else.

      EXAMPLES
        trunkline table repair --db dbname=shop --target dbname=warehouse public.orders > fix.sql
        trunkline table repair --db dbname=shop --target dbname=warehouse public.orders --apply
        trunkline table repair --db dbname=leaf --through-queue
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var comparison: ComparisonOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Print the SQL, and change nothing. This is the default.")
  var dryRun = false

  @Flag(help: "Write into the target.")
  var apply = false

  @Flag(help: "Make the source send the rows again through the queue.")
  var throughQueue = false

  @Option(help: "Leave a table alone in which more rows differ.")
  var limit = 10_000

  @Flag(help: "Repair however many rows differ, --limit rows at a time.")
  var force = false

  @Option(help: "Chunks of a table to compare at the same time.")
  var jobs = 1

  func validate() throws {
    guard [dryRun, apply, throughQueue].filter({ $0 }).count < 2 else {
      throw ValidationError("give one of --dry-run, --apply, --through-queue")
    }
    guard !throughQueue || !comparison.unaligned else { throw ValidationError("--through-queue needs a queue") }
    guard apply || throughQueue || !output.json else {
      throw ValidationError("--json goes with --apply or --through-queue")
    }
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 64") }
    guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
  }

  /// What became of a table, for printing.
  private struct Report: Encodable {
    var table: String
    var differing: Int
    var repaired = TableRepair.Outcome()
    var problem: String?
  }

  func run() async throws {
    let isScript = !apply && !throughQueue
    if isScript { StandardStreams.write(TableRepair.scriptBegin) }
    var reports: [Report] = []
    for job in try await comparison.resolve(connection, fromRoot: throughQueue) {
      reports.append(try await repair(job, isScript: isScript))
    }
    if isScript {
      StandardStreams.write(TableRepair.scriptEnd)
    } else {
      try output.print(reports, text: text)
    }
    let problems = reports.filter { $0.problem != nil }
    if let first = problems.first {
      throw CommandError(
        "\(first.table): \(first.problem ?? "")",
        hint: "look at the rows: trunkline table compare; repair them all: --force",
        exitCode: .differences)
    }
  }

  private func repair(_ job: ComparisonJob, isScript: Bool) async throws -> Report {
    var report = Report(table: job.table.label, differing: 0)
    while true {
      let (difference, outcome) = try await pass(job, isScript: isScript)
      if report.differing == 0 { report.differing = difference.count }
      report.repaired.inserted += outcome.inserted
      report.repaired.updated += outcome.updated
      report.repaired.deleted += outcome.deleted
      report.repaired.sent += outcome.sent
      report.repaired.skipped += outcome.skipped
      if difference.count > limit, !force {
        report.problem = "\(difference.count) rows differ, more than --limit \(limit): nothing was done"
      }
      // with --force a large number goes in several passes, so that memory stays small; what was sent is not there yet
      guard force, !isScript, !throughQueue, difference.count > limit, outcome.count > 0 else { return report }
    }
  }

  private func pass(
    _ job: ComparisonJob, isScript: Bool
  ) async throws -> (TableDifference, TableRepair.Outcome) {
    let run = ComparisonRun(
      jobs: [job], lanes: jobs, patience: comparison.timeout.duration, logger: connection.noticeLogger)
    var repair = TableRepair(table: job.table, logger: connection.noticeLogger)
    repair.patience = comparison.timeout.duration
    var result = TableDifference(table: job.table.label)
    var outcome = TableRepair.Outcome()
    try await run.run { one, _ in
      // only what is sent through the queue cannot be told from what is on its way, so it all goes at once
      one.maximumExamples = force && (throughQueue || isScript) ? .max : limit
    } _: { difference, job, sessions in
      result = difference
      guard difference.count <= limit || force, difference.count > 0 else { return }
      if isScript {
        StandardStreams.write("-- \(difference.table): \(difference.count) rows differ\n")
        try await repair.script(difference.rows.map(\.key), sessions) { StandardStreams.write($0) }
      } else if throughQueue {
        await sessions.end()
        guard let queue = job.queue else { return }
        let source = try await PostgresConnection.connect(job.databases.source, logger: connection.noticeLogger)
        do {
          outcome = try await repair.resend(difference.rows, key: difference.key, queue: queue, from: source)
          await source.close()
        } catch {
          await source.close()
          throw error
        }
      } else {
        outcome = try await repair.apply(difference.rows.map(\.key), sessions)
      }
    }
    return (result, outcome)
  }

  private func text(_ reports: [Report]) -> String {
    reports.map { report in
      let done = report.repaired
      let what =
        throughQueue
        ? "\(done.sent) sent through the queue"
        : "\(done.inserted) inserted, \(done.updated) updated, \(done.deleted) deleted"
      return "\(report.table): \(report.differing) rows differed; \(what)"
        + (done.skipped > 0 ? "; \(done.skipped) needed nothing any more\n" : "\n")
    }.joined()
  }
}
