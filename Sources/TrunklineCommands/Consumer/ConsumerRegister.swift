import ArgumentParser
import PostgresClient
import ServiceRuntime

/// `trunkline consumer register`
struct ConsumerRegister: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Register consumers: each gets every event from its start on.",
    discussion: """
      A consumer that is registered already keeps its position and its settings. One that was evicted comes back with the \
      settings that it had; what it missed stays missed.

      EXAMPLES
        trunkline consumer register mails mailer
        trunkline consumer register mails audit --from earliest
        trunkline consumer register mails two --copy-of mailer --set max_attempts=5
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: "latest: what is sent from now on; earliest: what is still there, too; or the number of a tick.",
    completion: .list(["latest", "earliest"]))
  var from: String?

  @Option(help: "Start at the position of this consumer, with its settings.", completion: .consumerNames)
  var copyOf: String?

  @Option(help: "Deliver events of one key in order, over so many lanes (as '--set lanes=N').")
  var lanes: Int?

  @Option(help: "A setting, as in 'consumer set'; may be repeated.")
  var set: [SettingAssignment] = []

  @OptionGroup var names: ConsumersArguments

  func validate() throws {
    guard from == nil || copyOf == nil else { throw ValidationError("Give either --from or --copy-of.") }
    guard lanes ?? 1 > 0 else { throw ValidationError("--lanes must be at least 1.") }
  }

  func run() async throws {
    let isDry = dryRun.dryRun
    let (calls, results) = try await connection.withConnection { connection in
      try await connection.transaction { connection in
        var settings = set
        var start = from ?? "latest"
        if let copyOf { (start, settings) = try await copy(copyOf, settings, connection) }
        if let lanes { settings.append(SettingAssignment(name: "lanes", value: "\(lanes)")) }

        var calls: [SQLCall] = []
        var results: [ActionResult] = []
        for consumer in names.consumers {
          let register = SQLCall("trunkline.register", names.queue, consumer, start)
          let changes = settings.map { SQLCall("trunkline.set_consumer", names.queue, consumer, $0.name, $0.value) }
          calls += [register] + changes
          guard !isDry else { continue }
          let isNew = try await register.run(connection) == "1"
          if isNew { for change in changes { try await change.run(connection) } }
          results.append(
            ActionResult(
              queue: names.queue, consumer: consumer,
              result: isNew ? "registered" : "registered already, nothing changed"))
        }
        return (calls, results)
      }
    }
    if isDry {
      try dryRun.print(calls, output)
    } else {
      try output.print(results, text: ActionResult.lines)
    }
  }

  /// Where the other consumer stands, and its settings under those that are given.
  private func copy(
    _ other: String, _ given: [SettingAssignment], _ connection: PostgresConnection
  ) async throws -> (start: String, settings: [SettingAssignment]) {
    // Of a consumer with lanes, the one that is furthest behind.
    let rows = try await connection.query(
      """
      select min(s.sub_last_tick)
      from pgq.subscription o
      join pgq.queue q on q.queue_id = o.sub_queue
      join pgq.consumer c on c.co_id = o.sub_consumer
      join pgq.subscription s on s.sub_queue = o.sub_queue and s.sub_id = o.sub_id
      where q.queue_name = \(names.queue) and c.co_name = \(other)
      """)
    guard let tick: Int64 = try rows.first?.decode(0, as: Int64?.self) ?? nil else {
      throw CommandError.noConsumer(other, names.queue)
    }
    let changed = try await connection.query(
      """
      select setting, value from trunkline.get_consumer_settings(\(names.queue), \(other))
      where not is_default and setting not in ('owner', 'paused') order by 1
      """)
    let copied = try changed.map { SettingAssignment(name: try $0.decode(0), value: try $0.decode(1)) }
      .filter { setting in !given.contains { $0.name == setting.name } && (setting.name != "lanes" || lanes == nil) }
    return ("\(tick)", copied + given)
  }
}
