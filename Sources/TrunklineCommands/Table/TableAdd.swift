import ArgumentParser
import PostgresClient
import TableReplication

/// `trunkline table add`
struct TableAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Capture the changes of tables into a queue.",
    discussion: """
      Generates triggers that write every INSERT, UPDATE, DELETE and TRUNCATE into the queue, in the transaction of the
      change. Repeating the command changes nothing; other options replace the capture. The role must own the tables
      and be a member of pgq_admin; whoever writes the tables needs no rights on the queue.

      EXAMPLE
        trunkline table add --db dbname=shop --queue changes public.orders public.items
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var selection: CaptureSelection

  @Option(help: "Queue to write into; it must exist.")
  var queue: String

  @Option(help: "Columns that identify a row, with commas. Default: primary key, else replica identity.")
  var key: String?

  @Option(help: "Only these columns, besides the key, with commas.")
  var columns: String?

  @Option(help: "Not these columns, with commas. Updates that change nothing else make no event.")
  var ignore: String?

  @Option(help: "SQL condition over the columns. Rows for which it is not true are as if they did not exist.")
  var when: String?

  @Flag(help: "Events of updates carry the old row too.")
  var before = false

  @Flag(help: "Leave out rows that logical replication or another applier writes (session_replication_role = replica).")
  var originOnly = false

  private var options: CaptureOptions {
    get throws {
      CaptureOptions(
        key: try ColumnList.parse(key), columns: try ColumnList.parse(columns), ignore: try ColumnList.parse(ignore),
        when: when, before: before, originOnly: originOnly)
    }
  }

  func run() async throws {
    let options = try options
    var results: [CaptureResult] = []
    var failures = CaptureFailures()
    try await connection.withConnection { connection in
      let registry = CaptureRegistry(connection)
      // options given for one table shall not be lost by adding the rest
      let captured = selection.all ? Set(try await registry.list().filter { $0.queue == queue }.map(\.table)) : []
      for table in try await selection.resolve(registry) {
        guard !captured.contains(table) else {
          results.append(CaptureResult(table: table, queue: queue, result: "captured already"))
          continue
        }
        do {
          if dryRun.dryRun {
            let statements = try await registry.plan(table, queue: queue, options)
            results.append(CaptureResult(table: table, queue: queue, result: "planned", sql: statements))
          } else {
            let outcome = try await registry.add(table, queue: queue, options)
            results.append(CaptureResult(table: table, queue: queue, result: outcome.rawValue))
          }
        } catch let error as PostgresError where selection.all && !connectionIsUseless(error) {
          // of all tables, one that cannot be captured does not hinder the others
          results.append(CaptureResult(table: table, queue: queue, result: "failed", error: error.message))
          failures.add(error)
        }
      }
    }
    try output.print(results, text: dryRun.dryRun ? CaptureResult.script : CaptureResult.lines)
    try failures.throwIfAny()
  }

  private func connectionIsUseless(_ error: PostgresError) -> Bool { error.code != .server || error.isTransient }
}
