import ArgumentParser
import PostgresClient
import ServiceRuntime
import TableReplication

/// `trunkline table add`
struct TableAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Capture the changes of tables into a queue, or replicate tables of a set on this node.",
    discussion: """
      Generates triggers that write every INSERT, UPDATE, DELETE and TRUNCATE into the queue, in the transaction of the
      change. Repeating the command changes nothing; other options replace the capture. The role must own the tables
      and be a member of pgq_admin; whoever writes the tables needs no rights on the queue.

      If the database is a node of the queue, the tables come into the set: on the root they become part of it; on a branch
      or leaf they must be part of it, and the node's worker will copy them. * and ? in names stand for all that fit.

      EXAMPLE
        trunkline table add --db dbname=shop --queue changes public.orders public.items
        trunkline table add --db dbname=report 'public.*' --create-full --wait-sync
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var selection: CaptureSelection
  @OptionGroup var set: SetOptions
  @OptionGroup var trigger: TriggerOptions

  @Flag(
    help: """
      Leave out rows that logical replication or another applier writes (session_replication_role = replica); always so in a set.
      """)
  var originOnly = false

  @OptionGroup var addition: SetAddOptions

  func run() async throws {
    try await connection.withConnection { connection in
      guard let set = try await set.set(connection, self.connection) else { return try await capture(connection) }
      try await add(to: set)
    }
  }

  private func add(to set: ReplicationSet) async throws {
    let options = try addition.complete(try trigger.tableOptions())
    let names =
      try selection.all
      ? selection.schema.isEmpty ? nil : selection.schema.map { "\($0).*" } : SetOptions.names(selection.tables)
    try await SetReport.print(set, output) { report in
      try await set.addTables(names, options, isDry: dryRun.dryRun, report: report)
    }
    if addition.waitSync, !dryRun.dryRun { try await set.waitShowingProgress(addition.timeout) }
  }

  private func capture(_ connection: PostgresConnection) async throws {
    let queue = try set.requiredQueue()
    let setOnly = addition.given + trigger.setOnly
    guard setOnly.isEmpty else {
      throw CommandError(
        "\(setOnly.joined(separator: ", ")): for tables of sets; this database is no node of queue \"\(queue)\"",
        hint: "make it one: trunkline node create-root, create-branch, create-leaf", exitCode: .usage)
    }
    let options = try trigger.captureOptions(originOnly: originOnly)
    var results: [CaptureResult] = []
    var failures = CaptureFailures()
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
    try output.print(results, text: dryRun.dryRun ? CaptureResult.script : CaptureResult.lines)
    try failures.throwIfAny()
  }

  private func connectionIsUseless(_ error: PostgresError) -> Bool { error.code != .server || error.isTransient }
}
