import ArgumentParser
import EventQueue
import PostgresClient
import ServiceRuntime

/// `trunkline queue tick`
struct QueueTick: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tick", abstract: "Ask the ticker for a tick now: what was sent so far becomes a batch.",
    discussion: """
      With --wait the command ends when the tick is there, so consumers can receive everything that was committed before it began.

      EXAMPLE
        trunkline queue tick mails --wait
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Wait until the tick is there.")
  var wait = false

  @Option(help: "How long to wait at most.")
  var timeout: DurationArgument = DurationArgument(.seconds(30))

  @OptionGroup var name: QueueArgument

  private struct Result: Encodable {
    var queue: String
    /// The newest tick.
    var tick: Int64
  }

  func run() async throws {
    let queue = name.queue
    let tick = try await connection.withConnection { connection in
      try await checkTicker(connection)
      try await connection.listen(ConsumerSession.tickChannel)
      let before = try await force(connection)
      guard wait else { return before }
      let deadline = ContinuousClock.now + timeout.duration
      while ContinuousClock.now < deadline {
        // Asked for again each time: a tick made at the same moment may have used up the request.
        _ = try await connection.waitForNotification(timeout: min(deadline - .now, .milliseconds(250)))
        let tick = try await newest(connection)
        if tick != before { return tick }
        _ = try await force(connection)
      }
      throw CommandError(
        "queue \"\(queue)\" got no tick within \(timeout)", hint: "is the ticker running? trunkline ticker",
        exitCode: .temporary)
    }
    try output.print(Result(queue: queue, tick: tick)) {
      wait ? "tick \($0.tick)\n" : "asked for; the newest tick is \($0.tick)\n"
    }
  }

  /// The newest tick before the one that was asked for.
  private func force(_ connection: PostgresConnection) async throws -> Int64 {
    guard let row = try await connection.query("select pgq.force_tick(\(name.queue))").first,
      let tick: Int64 = try row.decode(0)
    else { return 0 }
    return tick
  }

  private func newest(_ connection: PostgresConnection) async throws -> Int64 {
    try await connection.query("select coalesce(last_tick_id, 0) from pgq.get_queue_info(\(name.queue))")
      .first?.decode(0) ?? 0
  }

  private func checkTicker(_ connection: PostgresConnection) async throws {
    let rows = try await connection.query(
      "select queue_ticker_paused, queue_external_ticker from pgq.get_queue_info(\(name.queue))")
    guard let row = rows.first else { throw CommandError.noQueue(name.queue) }
    let (isPaused, isExternal) = try row.decode(Bool.self, Bool.self)
    if isPaused {
      throw CommandError(
        "queue \"\(name.queue)\" is paused", hint: "trunkline queue resume \(name.queue)", exitCode: .configuration)
    }
    if isExternal {
      throw CommandError(
        "queue \"\(name.queue)\" gets its ticks from elsewhere (external_ticker)",
        hint: "ticks of a copied queue come with its events", exitCode: .configuration)
    }
  }
}
