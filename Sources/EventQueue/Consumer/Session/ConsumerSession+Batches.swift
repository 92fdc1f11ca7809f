package import PostgresClient

extension ConsumerSession {
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
    let query: PostgresQuery =
      if let member {
        """
        select batch_id, prev_tick_id, cur_tick_id, prev_tick_time, cur_tick_time, 0,
               extract(epoch from clock_timestamp() - cur_tick_time)::float8, batch_sql
        from trunkline.open_member_batch(\(queue), \(consumer), \(member), \(lease), \(maximumEvents))
        """
      } else {
        """
        select batch_id, prev_tick_id, cur_tick_id, prev_tick_time, cur_tick_time,
               greatest(0, cur_tick_event_seq - prev_tick_event_seq),
               extract(epoch from clock_timestamp() - cur_tick_time)::float8, batch_sql
        from trunkline.open_batch(\(queue), \(consumer), \(lease), \(maximumEvents))
        """
      }
    guard let row = try await connection.query(query.prepared()).first, try !row.cell(0).isNull else { return nil }
    let (id, previous, current, previousTime, currentTime, events, age, sql) = try row.decode(
      Int64.self, Int64.self, Int64.self, String.self, String.self, Int64.self, Double.self, String.self)
    return EventBatch(
      id: id, previousTick: previous, currentTick: current, previousTickTime: previousTime,
      currentTickTime: currentTime, estimatedEvents: events, age: .seconds(max(0, age)), sql: sql)
  }

  /// Finishes the batch: the consumer's position moves behind it.
  ///
  /// - Throws: `PostgresError`: lost lease, batch not open.
  package func close(_ batch: EventBatch) async throws {
    let query: PostgresQuery =
      if let member {
        "select trunkline.close_member_batch(\(queue), \(consumer), \(member), \(lease), \(batch.id))"
      } else {
        "select trunkline.close_batch(\(queue), \(consumer), \(lease), \(batch.id))"
      }
    try await connection.query(query.prepared())
  }

  /// Puts one event aside for later.
  ///
  /// - Throws: `PostgresError`: lost lease, batch not open, no such event in it.
  package func retry(_ event: Int64, of batch: EventBatch, after delay: Duration) async throws {
    let seconds = Int(max(0, min(delay.components.seconds, Int64(Int32.max))))
    let query: PostgresQuery =
      if let member {
        """
        select trunkline.retry_member_event(
          \(queue), \(consumer), \(member), \(lease), \(batch.id), \(event), \(seconds))
        """
      } else {
        "select trunkline.retry_event(\(queue), \(consumer), \(lease), \(batch.id), \(event), \(seconds))"
      }
    try await connection.query(query.prepared())
  }
}
