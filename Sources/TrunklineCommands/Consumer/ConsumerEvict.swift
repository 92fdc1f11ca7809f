import ArgumentParser
import PostgresClient

/// `trunkline consumer evict`
struct ConsumerEvict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evict",
    abstract: "Remove a consumer that holds the queue up, and remember what it misses by that.",
    discussion: """
      Programs that use it are refused from then on, and told what it misses and how it comes back: \
      'trunkline consumer register QUEUE NAME --from latest|earliest', with the settings that it had. 'consumer unregister' \
      dismisses it for good.

      EXAMPLE
        trunkline consumer evict mails old --reason 'host is gone' --dry-run
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var dryRun: DryRunOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var names: ConsumerArguments

  @Option(help: "Why, for people to read.")
  var reason: String?

  /// What the consumer misses.
  private struct Result: Encodable {
    var queue: String
    var consumer: String
    var result: String
    /// It had finished everything up to this tick.
    var lastTick: Int64?
    var lastTickTime: String?
    /// What it misses ends here; what is sent later it would have missed, too.
    var endTick: Int64?
    var endTickTime: String?
    /// Estimated.
    var events: Int64?
    var sql: SQLCall?
  }

  func run() async throws {
    let call = SQLCall("trunkline.evict_consumer", names.queue, names.consumer, reason)
    let isDry = dryRun.dryRun
    let result = try await connection.withConnection { connection in
      if isDry { return try await foresee(call, connection) }
      return try await connection.transaction { connection in
        try await call.run(connection)
        return try await read(connection)
      }
    }
    try output.print(result, text: Self.text)
  }

  private func foresee(_ call: SQLCall, _ connection: PostgresConnection) async throws -> Result {
    let rows = try await connection.query(
      """
      select c.last_tick, b.tick_time, e.tick_id, e.tick_time, c.pending_events
      from pgq.get_consumer_info(\(names.queue), \(names.consumer)) c
      join pgq.queue q on q.queue_name = c.queue_name
      left join pgq.tick b on b.tick_queue = q.queue_id and b.tick_id = c.last_tick
      left join lateral (
          select t.tick_id, t.tick_time from pgq.tick t where t.tick_queue = q.queue_id order by t.tick_id desc limit 1
      ) e on true
      """)
    guard let row = rows.first else { throw CommandError.noConsumer(names.consumer, names.queue) }
    var result = try decode(row, "would be evicted")
    result.sql = call
    return result
  }

  private func read(_ connection: PostgresConnection) async throws -> Result {
    let rows = try await connection.query(
      """
      select last_tick, last_tick_time, end_tick, end_tick_time, events_estimate
      from trunkline.eviction where queue = \(names.queue) and consumer = \(names.consumer)
      """)
    guard let row = rows.first else { throw CommandError.noConsumer(names.consumer, names.queue) }
    return try decode(row, "evicted")
  }

  private func decode(_ row: PostgresRow, _ result: String) throws -> Result {
    Result(
      queue: names.queue, consumer: names.consumer, result: result, lastTick: try row.decode(0),
      lastTickTime: try row.decode(1), endTick: try row.decode(2), endTickTime: try row.decode(3),
      events: try row.decode(4))
  }

  private static func text(_ result: Result) -> String {
    func place(_ tick: Int64?, _ time: String?) -> String { "tick \(tick.map(String.init) ?? "-") (\(time ?? "-"))" }
    let lines = """
      consumer "\(result.consumer)" of queue "\(result.queue)": \(result.result)
      it misses about \(result.events ?? 0) events, from \(place(result.lastTick, result.lastTickTime)) \
      to \(place(result.endTick, result.endTickTime))

      """
    guard let sql = result.sql else { return lines }
    return lines.split(separator: "\n").map { "-- \($0)\n" }.joined() + sql.text + "\n"
  }
}
