import PostgresClient

extension StatusReader {
  /// Queues without their tables and rotation.
  func queues(_ unseen: inout [String]) async throws -> [QueueSnapshot] {
    // Settings that a former version does not have are read through to_jsonb().
    let rows = try await connection.query(
      """
      select q.queue_id, q.queue_name, extract(epoch from q.queue_rotation_period)::float8 as rotation_period,
             q.queue_ticker_max_count, extract(epoch from q.queue_ticker_max_lag)::float8 as max_lag,
             extract(epoch from q.queue_ticker_idle_period)::float8 as idle_period,
             q.queue_external_ticker, q.queue_ticker_paused, q.queue_disable_insert,
             (to_jsonb(q) ->> 'queue_per_tx_limit')::int as per_tx_limit, q.queue_cur_table,
             extract(epoch from now() - q.queue_switch_time)::float8 as switch_age, q.queue_switch_step2,
             t.last_id, extract(epoch from clock_timestamp() - t.last_time)::float8 as ticker_lag, t.last_seq,
             case when t.last_time > t.first_time
                  then (t.last_seq - t.first_seq) / extract(epoch from t.last_time - t.first_time)::float8 end as rate,
             (select min(f.tick_id) from pgq.tick f where f.tick_queue = q.queue_id) as first_id,
             case when has_sequence_privilege(to_regclass(q.queue_event_seq), 'select')
                  then coalesce(pg_sequence_last_value(to_regclass(q.queue_event_seq)), 0) end as event_seq
      from pgq.queue q
      left join lateral (
          select max(r.tick_id) as last_id, max(r.tick_time) as last_time, min(r.tick_time) as first_time,
                 max(r.tick_event_seq) as last_seq, min(r.tick_event_seq) as first_seq
          from (select tick_id, tick_time, tick_event_seq
                from pgq.tick where tick_queue = q.queue_id order by tick_id desc limit 20) r
      ) t on true
      order by q.queue_name
      """)
    let queues = try rows.map(Self.queue)
    let blind = queues.filter { $0.eventSequence == nil }.map(\.name)
    if !blind.isEmpty { unseen.append("event sequences of \(blind.joined(separator: ", ")): new events are unknown") }
    return queues
  }

  private static func queue(_ row: PostgresRow) throws -> QueueSnapshot {
    var queue = QueueSnapshot(id: try row.decode("queue_id"), name: try row.decode("queue_name"))
    queue.rotationPeriod = try row.decode("rotation_period")
    queue.tickerMaxCount = try row.decode("queue_ticker_max_count")
    queue.tickerMaxLag = try row.decode("max_lag")
    queue.tickerIdlePeriod = try row.decode("idle_period")
    queue.hasExternalTicker = try row.decode("queue_external_ticker")
    queue.isTickerPaused = try row.decode("queue_ticker_paused")
    queue.isInsertDisabled = try row.decode("queue_disable_insert")
    queue.perTransactionLimit = try row.decode("per_tx_limit", as: Int?.self)
    queue.currentTable = try row.decode("queue_cur_table")
    queue.switchAge = try row.decode("switch_age")
    queue.switchTransaction = try row.decode("queue_switch_step2", as: Int64?.self)
    queue.lastTick = try row.decode("last_id", as: Int64?.self)
    queue.tickerLag = try row.decode("ticker_lag", as: Double?.self)
    queue.firstTick = try row.decode("first_id", as: Int64?.self)
    queue.lastTickSequence = try row.decode("last_seq", as: Int64?.self)
    queue.eventSequence = try row.decode("event_seq", as: Int64?.self)
    queue.eventsPerSecond = try row.decode("rate", as: Double?.self)
    return queue
  }

  /// Sizes of the event tables, from the catalog and the statistics.
  func sizes(_ queues: inout [QueueSnapshot]) async throws {
    let rows = try await connection.query(
      """
      select q.queue_id, c.oid::regclass::text, pg_total_relation_size(c.oid), pg_stat_get_live_tuples(c.oid)
      from pgq.queue q
      cross join generate_series(0, q.queue_ntables - 1) slot
      join pg_class c on c.oid = to_regclass(q.queue_data_pfx || '_' || slot)
      order by 1, slot
      """)
    var tables: [Int: [EventTable]] = [:]
    for row in rows {
      let (queue, name, bytes, events) = try row.decode(Int.self, String.self, Int64?.self, Int64.self)
      tables[queue, default: []].append(EventTable(name: name, bytes: bytes ?? 0, rows: events))
    }
    for index in queues.indices { queues[index].tables = tables[queues[index].id] ?? [] }
  }

  /// Who uses the tables that are to be emptied.
  func readTableLocks(_ snapshot: inout StatusSnapshot, _ visible: VisibleObjects) async throws {
    guard depth == .thorough, visible.canCall("trunkline.rotation_blockers") else { return }
    let rows = try await connection.query(
      """
      select queue_name, who, pid, extract(epoch from age)::float8, detail, remedy
      from trunkline.rotation_blockers() where kind = 'slow lock'
      """)
    for row in rows {
      let name = try row.decode(0, as: String.self)
      guard let index = snapshot.queues.firstIndex(where: { $0.name == name }) else { continue }
      snapshot.queues[index].tableLocks.append(
        TableLock(
          who: try row.decode(1), pid: try row.decode(2), age: try row.decode(3), detail: try row.decode(4),
          remedy: try row.decode(5)))
    }
  }

  func readDelayed(_ snapshot: inout StatusSnapshot, _ visible: VisibleObjects) async throws {
    guard visible.sees("trunkline.delayed_event") else { return }
    let rows = try await connection.query(
      """
      select queue_id, count(*), extract(epoch from now() - min(deliver_at))::float8
      from (select queue_id, deliver_at from trunkline.delayed_event limit 100000) e group by 1
      """)
    for row in rows {
      let (id, count, overdue) = try row.decode(Int.self, Int64.self, Double.self)
      guard let index = snapshot.queues.firstIndex(where: { $0.id == id }) else { continue }
      snapshot.queues[index].delayedEvents = count
      snapshot.queues[index].delayedOverdue = overdue
    }
  }
}
