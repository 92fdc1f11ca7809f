import EventQueue
import Logging
import PostgresClient

/// The claim of one process on the node of a database: with it, nobody else brings batches in.
struct LocalNode: Sendable {
  let connection: PostgresConnection
  let queue: String
  let lease: Int64

  /// Connects and claims the node. A worker that has it in an open transaction, for example one that hangs, is waited for a
  /// while; then its session is ended.
  ///
  /// - Parameters:
  ///   - holder: who claims it, another one for each start of a worker.
  ///   - held: the lease that it had before it lost its connection.
  /// - Throws: `PostgresError`, SQLSTATE TL001 when another process claimed the node meanwhile.
  static func claim(_ worker: NodeWorker, by holder: String, held: Int64?) async throws -> LocalNode {
    let connection = try await PostgresConnection.connect(worker.database, logger: worker.logger)
    do {
      try await TextForms.pin(connection)
      let claimed = try await BlockerEviction.run(
        for: connection, after: worker.takeoverDelay, held: "the node", logger: worker.logger
      ) {
        try await connection.query("select trunkline.claim_node(\(worker.queue), \(holder), \(held))")
      }
      guard let lease: Int64 = try claimed.first?.decode(0) else {
        throw PostgresError(.decoding, "claim_node returned nothing")
      }
      return LocalNode(connection: connection, queue: worker.queue, lease: lease)
    } catch {
      await connection.close()
      throw error
    }
  }

  /// What the node says now. A process that has nothing to do hears here that another one works for the node.
  ///
  /// - Throws: ``CascadeError`` when it was dropped; `PostgresError`, SQLSTATE TL001 when another process claimed the node.
  func state() async throws -> WorkerState {
    let state = try await WorkerState.read(queue, connection)
    if state.lease != lease { try await answer(state) }
    return state
  }

  /// The same without watermarks and ticks, which cost more to find out: between batches.
  ///
  /// - Throws: as ``state()``.
  func glance() async throws -> WorkerState {
    let state = try await WorkerState.glance(queue, connection)
    if state.lease != lease { try await answer(state) }
    return state
  }

  /// Answers an administrator who waits for it that his wish was seen, if it is still that.
  ///
  /// - Throws: `PostgresError`, SQLSTATE TL001 when another process claimed the node.
  func acknowledge(_ state: WorkerState) async throws {
    guard !state.isUpToDate else { return }
    try await answer(state)
  }

  private func answer(_ state: WorkerState) async throws {
    try await connection.query(
      "select trunkline.acknowledge_node(\(queue), \(lease), \(state.isPaused), \(state.provider))")
  }

  /// Makes the tick of the last batch on a branch, unless it is there. It need not be durable: a lost one is made again.
  ///
  /// - Parameter known: time and event sequence of the tick at the provider, if they were asked for.
  /// - Throws: `PostgresError`.
  func makeTick(_ known: (time: String, eventSequence: Int64)? = nil) async throws {
    let query: PostgresQuery = """
      select set_config('synchronous_commit', 'off', true),
        trunkline.make_node_tick(\(queue), \(lease), \(known?.time)::timestamptz, \(known?.eventSequence))
      """
    try await connection.query(query.prepared())
  }

  /// Leaves the reason of a failure where people look for it; best effort, the log has it as well.
  func report(_ error: any Error) async {
    guard !(error is CancellationError), await !connection.isClosed else { return }
    let remedy = (error as? CascadeError)?.hint.map { "; \($0)" } ?? ""
    _ = try? await connection.query("select trunkline.set_node_error(\(queue), \(lease), \("\(error)\(remedy)"))")
  }

  /// Takes the reason back when its cause has gone.
  func forgetError() async {
    _ = try? await connection.query("select trunkline.set_node_error(\(queue), \(lease), null)")
  }

  /// Moves the node to another tick, without the batches in between.
  ///
  /// - Throws: `PostgresError`, SQLSTATE TL001 when another process claimed the node.
  func reset(to tick: Int64, _ state: WorkerState) async throws {
    try await connection.transaction { connection in
      // Fails when the claim was lost, and keeps it until the end of the transaction.
      try await connection.query(
        "select trunkline.acknowledge_node(\(queue), \(lease), \(state.isPaused), \(state.provider))")
      try await connection.query("select pgq_node.set_consumer_completed(\(queue), \(state.worker), \(tick))")
    }
  }
}
