import EventQueue
import Logging
package import PostgresClient

/// A worker's connections to its provider. Only the documented interface of PgQ is used there: the provider may be a database of the
/// original.
package struct ProviderSession: Sendable {
  /// Opens and finishes batches, and hears of ticks.
  let control: PostgresConnection
  /// Reads events.
  package let reader: PostgresConnection
  let queue: String, consumer: String
  /// Whether ticks are announced.
  let announcesTicks: Bool

  /// Connects.
  ///
  /// - Throws: ``CascadeError`` when it is not the node that it should be, or the worker has no subscription there;
  ///   `PostgresError`.
  static func open(
    _ configuration: PostgresConfiguration, _ assignment: NodeDuty.Assignment, _ queue: String, _ state: WorkerState,
    _ logger: Logger
  ) async throws -> ProviderSession {
    let control = try await PostgresConnection.connect(configuration, logger: logger)
    do {
      try await check(control, assignment, queue, state)
      try await TextForms.pin(control)
      // The node says how far it is; what the provider forgets of that in a crash, it is told again.
      try await control.execute("set synchronous_commit = off")
      try await control.listen(ConsumerSession.tickChannel)
      let isOurs = try await control.query("select pg_catalog.to_regnamespace('trunkline') is not null").first?
        .decode(0, as: Bool.self)
      let reader = try await PostgresConnection.connect(configuration, logger: logger)
      try await TextForms.pin(reader)
      try await ConsumerSession.prepareReader(reader)
      return ProviderSession(
        control: control, reader: reader, queue: queue, consumer: state.worker, announcesTicks: isOurs ?? false)
    } catch {
      await control.close()
      throw error
    }
  }

  func close() async {
    await reader.close()
    await control.close()
  }

  private static func check(
    _ control: PostgresConnection, _ assignment: NodeDuty.Assignment, _ queue: String, _ state: WorkerState
  ) async throws {
    let rows = try await control.query(
      """
      select n.node_name, n.node_type, exists (
        select 1 from pgq_node.get_subscriber_info(\(queue)) s
        where s.node_name = \(state.node) and s.worker_name = \(state.worker))
      from pgq_node.get_node_info(\(queue)) n where n.ret_code < 400
      """)
    guard let row = rows.first else {
      throw CascadeError("the provider's database is no node of queue \"\(queue)\"", hint: other(state))
    }
    let (name, type, isSubscribed) = try row.decode(String.self, String.self, Bool.self)
    guard name == assignment.provider, type != NodeType.leaf.rawValue else {
      throw CascadeError(
        "the location of provider \(assignment.provider) leads to node \(name) (\(type)) of queue \"\(queue)\"",
        hint: "correct the location, or " + other(state))
    }
    guard isSubscribed else {
      throw CascadeError(
        "node \(state.node) with worker \(state.worker) is not subscribed at its provider \(name)", hint: other(state))
    }
  }

  private static func other(_ state: WorkerState) -> String {
    "let the node read from another one: trunkline node change-provider --provider NODE"
  }

  // MARK: Position

  /// Brings the worker's position here in step with what the node has.
  ///
  /// - Returns: whether the provider has come that far.
  /// - Throws: ``CascadeError`` when the provider no longer has what comes next; `PostgresError`.
  func align(with completed: Int64, of node: String) async throws -> Bool {
    let rows = try await control.query(
      """
      select s.sub_last_tick, exists (
          select 1 from pgq.tick t where t.tick_queue = q.queue_id and t.tick_id = \(completed)),
        (select t.tick_id from pgq.tick t where t.tick_queue = q.queue_id order by t.tick_id desc limit 1)
      from pgq.queue q
      join pgq.consumer c on c.co_name = \(consumer)
      join pgq.subscription s on s.sub_queue = q.queue_id and s.sub_consumer = c.co_id
      where q.queue_name = \(queue)
      """)
    guard let row = rows.first else { throw notRegistered() }
    let (position, hasTick, newest) = try row.decode(Int64.self, Bool.self, Int64?.self)
    switch ProviderAlignment(completed: completed, position: position, hasTick: hasTick, newest: newest) {
    case .aligned: return true
    case .wait: return false
    case .move(let tick):
      try await control.query("select pgq.register_consumer_at(\(queue), \(consumer), \(tick))")
      return true
    case .lost(let tick):
      throw CascadeError(
        "node \(node) stands at tick \(tick) of queue \"\(queue)\", which its provider no longer has",
        hint: """
          read from a node that has it, or go on at the provider's tick \(position), without the changes in between, and copy \
          the tables again: trunkline replicate --reset --queue \(queue)
          """)
    }
  }

  /// Where the worker's consumer stands.
  ///
  /// - Throws: ``CascadeError`` when it is not registered; `PostgresError`.
  func position() async throws -> Int64 {
    let rows = try await control.query(
      "select last_tick from pgq.get_consumer_info(\(queue), \(consumer)) where last_tick is not null")
    guard let tick: Int64 = try rows.first?.decode(0) else { throw notRegistered() }
    return tick
  }

  /// Time and event sequence of a tick; `nil` when it is not, or no longer, there.
  ///
  /// - Throws: `PostgresError`.
  func tick(_ id: Int64) async throws -> (time: String, eventSequence: Int64)? {
    let row = try await control.query(
      """
      select t.tick_time, t.tick_event_seq from pgq.tick t join pgq.queue q on q.queue_id = t.tick_queue
      where q.queue_name = \(queue) and t.tick_id = \(id)
      """
    ).first
    return try row.map { row in
      let (time, sequence) = try row.decode(String.self, Int64.self)
      return (time: time, eventSequence: sequence)
    }
  }

  private func notRegistered() -> CascadeError {
    CascadeError(
      "consumer \(consumer) is not registered on queue \"\(queue)\" of the provider",
      hint: "subscribe the node anew: trunkline node change-provider")
  }

  // MARK: Batches

  /// Opens the next batch, or the one that is open already; `nil` when there is nothing new.
  ///
  /// - Parameter maximumEvents: ticks are joined while behind, up to about so many events; `nil`: one tick only.
  /// - Throws: `PostgresError`.
  func openBatch(maximumEvents: Int?) async throws -> NodeBatch? {
    let open: PostgresQuery = """
      select pgq.batch_event_sql(s.sub_batch) from pgq.subscription s
      join pgq.queue q on q.queue_id = s.sub_queue join pgq.consumer c on c.co_id = s.sub_consumer
      where q.queue_name = \(queue) and c.co_name = \(consumer) and s.sub_batch is not null
      """
    let results = try await control.pipeline([nextBatch(maximumEvents).prepared(), open.prepared()])
    guard let row = results[0].first, try !row.cell(0).isNull else { return nil }
    let (id, previous, current, previousTime, currentTime, previousSequence, sequence, age) = try row.decode(
      Int64.self, Int64.self, Int64.self, String.self, String.self, Int64.self, Int64.self, Double.self)
    guard let text = try results[1].first?.decode(0, as: String.self) else {
      throw PostgresError(.decoding, "batch_event_sql returned nothing")
    }
    return NodeBatch(
      EventBatch(
        id: id, previousTick: previous, currentTick: current, previousTickTime: previousTime,
        currentTickTime: currentTime, estimatedEvents: max(0, sequence - previousSequence), age: .seconds(max(0, age)),
        sql: text),
      eventSequence: sequence)
  }

  private func nextBatch(_ maximumEvents: Int?) -> PostgresQuery {
    guard let maximumEvents else {
      return """
        select batch_id, prev_tick_id, cur_tick_id, prev_tick_time, cur_tick_time, prev_tick_event_seq, cur_tick_event_seq,
               extract(epoch from clock_timestamp() - cur_tick_time)::float8
        from pgq.next_batch_custom(\(queue), \(consumer), null, null, null)
        """
    }
    // The joined ticks end at the newest one, or about where there are enough events.
    return """
      select b.batch_id, b.prev_tick_id, b.cur_tick_id, b.prev_tick_time, b.cur_tick_time, b.prev_tick_event_seq,
             b.cur_tick_event_seq, extract(epoch from clock_timestamp() - b.cur_tick_time)::float8
      from (
        select newest.tick_event_seq - last.tick_event_seq as events, newest.tick_time - last.tick_time as time
        from pgq.queue q
        join pgq.consumer c on c.co_name = \(consumer)
        join pgq.subscription s on s.sub_queue = q.queue_id and s.sub_consumer = c.co_id
        join pgq.tick last on last.tick_queue = q.queue_id and last.tick_id = s.sub_last_tick
        cross join lateral (
          select * from pgq.tick t where t.tick_queue = q.queue_id order by t.tick_id desc limit 1) newest
        where q.queue_name = \(queue)) p
      cross join lateral pgq.next_batch_custom(
        \(queue), \(consumer), null, case when p.events > \(maximumEvents) then \(maximumEvents)::int4 end,
        case when p.events <= \(maximumEvents) and p.time > '0' then p.time end) b
      """
  }

  /// Finishes the batch: the position moves behind it.
  ///
  /// - Throws: `PostgresError`.
  func finish(_ batch: NodeBatch) async throws {
    let query: PostgresQuery = "select pgq.finish_batch(\(batch.batch.id))"
    try await control.query(query.prepared())
  }

  /// Waits for an announcement of a tick, or until the time passed.
  ///
  /// - Throws: `PostgresError`; `CancellationError`.
  func waitForTick(atMost limit: Duration) async throws {
    guard announcesTicks else { return try await Task.sleep(for: limit) }
    try await control.waitForTick(of: queue, atMost: limit)
  }
}
