import PostgresClient
import ServiceRuntime

/// A queue by name, or all, whose settings a command changes.
struct QueueSelection {
  let queue: String
  let connection: ConnectionOptions
  let dryRun: DryRunOptions
  let output: OutputOptions

  /// Sets all settings of all chosen queues in one transaction, or shows what would run.
  func set(_ settings: [SettingAssignment], result: String) async throws {
    let isDry = dryRun.dryRun
    let (names, calls) = try await connection.withConnection { connection in
      let names =
        queue != "*"
        ? [queue]
        : try await connection.query("select queue_name from pgq.get_queue_info() order by 1")
          .map { try $0.decode(0, as: String.self) }
      let calls = names.flatMap { name in
        settings.map { SQLCall("trunkline.set_queue", name, $0.name, $0.value) }
      }
      if !isDry {
        try await connection.transaction { connection in
          for call in calls { try await call.run(connection) }
        }
      }
      return (names, calls)
    }
    if isDry {
      try dryRun.print(calls, output)
    } else {
      try output.print(names.map { ActionResult(queue: $0, result: result) }, text: ActionResult.lines)
    }
  }
}
