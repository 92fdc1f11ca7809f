import ArgumentParser
import PostgresClient
import ServiceRuntime

/// `trunkline consumer seek`
struct ConsumerSeek: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seek",
    abstract: "Move a consumer behind another tick; its open batch is dropped.",
    discussion: """
      Moving forward leaves events out for good; moving back brings events again. A worker of 'trunkline replicate' keeps
      its position in the target: stop it, move the consumer, and set last_tick in the target's trunkline.position.

      EXAMPLE
        trunkline consumer seek mails mailer --tick newest
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var names: ConsumerArguments

  @Option(
    help: "A tick that is still there; 'newest' leaves out everything that waits; 'oldest' brings all that is there.",
    completion: .list(["newest", "oldest"]))
  var tick: String

  func validate() throws {
    guard ["newest", "oldest"].contains(tick) || Int64(tick) != nil else {
      throw ValidationError("--tick is a tick's number, 'newest' or 'oldest'.")
    }
  }

  func run() async throws {
    let isDry = dryRun.dryRun
    let (call, position) = try await connection.withConnection { connection in
      try await connection.transaction { connection in
        guard
          try await !connection.query("select from pgq.get_consumer_info(\(names.queue), \(names.consumer))").isEmpty
        else { throw CommandError.noConsumer(names.consumer, names.queue) }
        let tick = try await target(connection)
        let call = SQLCall("pgq.register_consumer_at", names.queue, names.consumer, "\(tick)")
        if !isDry { try await move(call, tick, connection) }
        return (call, tick)
      }
    }
    if isDry {
      try dryRun.print([call], output)
    } else {
      let result = ActionResult(
        queue: names.queue, consumer: names.consumer, result: "moved behind tick \(position)")
      try output.print([result], text: ActionResult.lines)
    }
  }

  /// Moves the consumer, as pgq_reader or as its owner: then as a process that takes over from the one that works.
  private func move(_ call: SQLCall, _ tick: Int64, _ connection: PostgresConnection) async throws {
    do {
      try await connection.savepoint { _ = try await call.run($0) }
    } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
      let lease = try await SQLCall("trunkline.attach_consumer", names.queue, names.consumer, "trunkline consumer seek")
        .run(connection)
      try await SQLCall("trunkline.seek_consumer", names.queue, names.consumer, lease, "\(tick)").run(connection)
    }
  }

  private func target(_ connection: PostgresConnection) async throws -> Int64 {
    if let number = Int64(tick) { return number }
    let rows = try await connection.query(
      """
      select case when \(tick == "newest") then max(t.tick_id) else min(t.tick_id) end
      from pgq.tick t join pgq.queue q on q.queue_id = t.tick_queue
      where q.queue_name = \(names.queue)
      """)
    guard let position: Int64 = try rows.first?.decode(0, as: Int64?.self) ?? nil else {
      throw CommandError.noQueue(names.queue)
    }
    return position
  }
}
