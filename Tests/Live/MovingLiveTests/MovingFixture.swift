import EventQueue
import Logging
import PostgresClient
import PostgresTesting

/// A queue `orders` in one database, and another database (or the same) to bring its events into.
struct MovingFixture: Sendable {
  let source: TestDatabase
  let target: TestDatabase

  /// Lends two databases of the shared cluster; the queue is there in the source, with the consumer `mover` at its begin.
  static func with(_ body: (MovingFixture) async throws -> Void) async throws {
    try await withDatabase { source in
      try await withDatabase { target in
        let fixture = MovingFixture(source: source, target: target)
        try await fixture.prepare()
        try await body(fixture)
      }
    }
  }

  /// Lends one database for both.
  static func withOneDatabase(_ body: (MovingFixture) async throws -> Void) async throws {
    try await withDatabase { database in
      let fixture = MovingFixture(source: database, target: database)
      try await fixture.prepare()
      try await body(fixture)
    }
  }

  func prepare() async throws {
    try await source.run(
      "select pgq.create_queue('orders'); select pgq.register_consumer('orders', 'mover')")
  }

  /// A worker that puts events into queues.
  func mover(_ routing: EventRouting, create: Bool = false, targetUser: String = "postgres") -> TransferWorker {
    var transfer = QueueTransfer(routing)
    transfer.makesQueues = create
    return worker(targetUser: targetUser, start: transfer.start)
  }

  /// A worker with anything to do.
  func worker(
    targetUser: String = "postgres",
    start: @escaping @Sendable (TransferSession) async throws -> TransferWorker.BatchHandler
  ) -> TransferWorker {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    var worker = TransferWorker(
      source: PostgresConfiguration(source.connectionString),
      target: PostgresConfiguration(target.connectionString(user: targetUser)),
      queue: "orders", consumer: "mover", logger: logger, start: start)
    worker.retryPolicy = ReconnectPolicy(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(200))
    return worker
  }

  /// The program itself.
  func command(_ verb: String, _ arguments: String...) throws -> Program {
    TrunklineProgram.command(
      [
        "queue", verb, "orders", "--source", source.connectionString, "--target", target.connectionString,
        "--consumer", "mover",
      ] + arguments)
  }

  /// Makes a tick after everything committed so far.
  func tick() async throws { try await source.run("select pgq._make_tick('orders')") }

  /// Makes a tick and waits until the target stands there.
  func waitUntilApplied(timeout: Duration = .seconds(60)) async throws {
    try await tick()
    let tick = try await source.value("select max(tick_id)::text from pgq.tick where tick_queue = 1")
    try await target.withConnection { target in
      try await pollUntil("the target to stand at tick \(tick)", timeout: timeout) {
        let position = try await target.query("select coalesce(max(last_tick), 0) from trunkline.position").first
        return try position?.decode(0, as: Int.self) ?? 0 >= Int(tick) ?? 0
      }
    }
  }

  /// The events of the target's queue in their order, as `select` says.
  func events(_ select: String, of queue: String) async throws -> String {
    try await target.value(
      """
      select coalesce(string_agg(\(select), ' ' order by ev_id), '') from pgq.event_template e
      join pgq.queue q on q.queue_id = e.ev_queue where q.queue_name = '\(queue)'
      """)
  }
}

/// Runs a worker while `body` works, then stops it.
func running<Value: Sendable>(
  _ worker: TransferWorker, _ body: () async throws -> Value
) async throws -> Value {
  let task = Task { try await worker.run() }
  do {
    let value = try await body()
    task.cancel()
    _ = await task.result
    return value
  } catch {
    task.cancel()
    _ = await task.result
    throw error
  }
}
