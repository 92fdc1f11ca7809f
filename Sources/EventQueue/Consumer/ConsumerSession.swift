package import PostgresClient

/// What one attached consumer says to its queue's database. Every call is refused once another process attached.
package struct ConsumerSession: Sendable {
  package let connection: PostgresConnection
  package let queue: String
  package let consumer: String
  package let lease: Int64

  /// Registers the consumer, if it is not, at the newest tick.
  ///
  /// - Returns: whether it is new.
  /// - Throws: `PostgresError`: unknown queue, no right to consume.
  @discardableResult
  package static func register(
    _ consumer: String, on queue: String, _ connection: PostgresConnection
  ) async throws -> Bool {
    let rows = try await connection.query("select pgq.register_consumer(\(queue), \(consumer))")
    return try rows.first?.decode(0, as: Int.self) == 1
  }

  /// Becomes the only process that works as this consumer.
  ///
  /// - Throws: `PostgresError`: the consumer is not registered.
  package static func attach(
    _ consumer: String, on queue: String, holder: String, _ connection: PostgresConnection
  ) async throws -> ConsumerSession {
    let rows = try await connection.query("select trunkline.attach_consumer(\(queue), \(consumer), \(holder))")
    guard let lease: Int64 = try rows.first?.decode(0) else {
      throw PostgresError(.decoding, "attach_consumer returned no lease")
    }
    return ConsumerSession(connection: connection, queue: queue, consumer: consumer, lease: lease)
  }

  /// Makes a connection read batches at the pace of a plain COPY: the server sorts a batch by id, which is quickest in
  /// memory and in one process, and compiling such a simple query costs more than it saves.
  ///
  /// - Throws: `PostgresError`.
  package static func prepareReader(_ connection: PostgresConnection) async throws {
    try await connection.query(
      """
      select set_config('jit', 'off', false), set_config('max_parallel_workers_per_gather', '0', false),
             set_config('work_mem', greatest(131072, (select setting::int from pg_settings where name = 'work_mem'))::text,
               false)
      """)
  }

  /// Opens the next batch, or the one that is open already; `nil` when there is nothing new.
  ///
  /// - Throws: `PostgresError`.
  package func openBatch(maximumEvents: Int) async throws -> EventBatch? {
    let query: PostgresQuery = """
      select batch_id, prev_tick_id, cur_tick_id, prev_tick_time, cur_tick_time,
             greatest(0, cur_tick_event_seq - prev_tick_event_seq), batch_sql
      from trunkline.open_batch(\(queue), \(consumer), \(lease), \(maximumEvents))
      """
    guard let row = try await connection.query(query.prepared()).first, try !row.cell(0).isNull else { return nil }
    let (id, previous, current, previousTime, currentTime, events, sql) = try row.decode(
      Int64.self, Int64.self, Int64.self, String.self, String.self, Int64.self, String.self)
    return EventBatch(
      id: id, previousTick: previous, currentTick: current, previousTickTime: previousTime,
      currentTickTime: currentTime, estimatedEvents: events, sql: sql)
  }

  /// Finishes the batch: the consumer's position moves behind it.
  ///
  /// - Throws: `PostgresError`: lost lease, batch not open.
  package func close(_ batch: EventBatch) async throws {
    let query: PostgresQuery = "select trunkline.close_batch(\(queue), \(consumer), \(lease), \(batch.id))"
    try await connection.query(query.prepared())
  }

  /// Puts one event aside for later.
  ///
  /// - Throws: `PostgresError`: lost lease, batch not open, no such event in it.
  package func retry(_ event: Int64, of batch: EventBatch, after delay: Duration) async throws {
    let seconds = Int(max(0, min(delay.components.seconds, Int64(Int32.max))))
    try await connection.query(
      "select trunkline.retry_event(\(queue), \(consumer), \(lease), \(batch.id), \(event), \(seconds))")
  }

  /// Moves the consumer behind another tick, which must still exist.
  ///
  /// - Throws: `PostgresError`: lost lease, the tick is gone.
  package func seek(to tick: Int64) async throws {
    try await connection.query("select trunkline.seek_consumer(\(queue), \(consumer), \(lease), \(tick))")
  }

  /// Waits until a tick of this queue is announced or the time passed; several announcements count as one.
  ///
  /// The connection must listen on ``tickChannel``.
  ///
  /// - Throws: `PostgresError`; `CancellationError`.
  package func waitForTick(atMost limit: Duration) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
      let left = deadline - ContinuousClock.now
      guard left > .zero, let notification = try await connection.waitForNotification(timeout: left) else { return }
      guard notification.channel == Self.tickChannel, notification.payload == queue else { continue }
      while try await connection.waitForNotification(timeout: .zero) != nil {}
      return
    }
  }

  /// Every tick is announced here, with the queue's name.
  package static let tickChannel = "trunkline_tick"
}
