import PostgresClient
import PostgresTesting

/// What of a consumer is beyond its limits, and what became of it.
extension QueueSession {
  /// Queue q with the consumer c, whose limit of bytes is small, and `events` events of 1 kB that it has not had yet.
  func stalledConsumer(onLimit: String = "evict", events: Int = 100) async throws {
    try await createQueue("q")
    try await connection.execute("select trunkline.attach_consumer('q', 'c', 'test')")
    try await limit("max_bytes", "20000", onLimit: onLimit)
    try await backlog(events: events)
  }

  func limit(_ setting: String, _ value: String, onLimit: String = "evict") async throws {
    try await connection.query("select trunkline.set_consumer('q', 'c', \(setting), \(value))")
    try await connection.query("select trunkline.set_consumer('q', 'c', 'on_limit', \(onLimit))")
  }

  /// Incompressible events of about 1 kB each, and a tick.
  func backlog(events: Int, queue: String = "q") async throws {
    try await connection.query(
      """
      select count(pgq.insert_event(\(queue), 'test', d.data))
      from generate_series(1, \(events)) i
      cross join lateral (
          select string_agg(md5(random()::text || i || part), '') as data from generate_series(1, 32) part) d
      """)
    try await tick(queue)
  }

  func checkLimits() async throws { try await connection.execute("select trunkline.maint_consumer_limits()") }

  func consumers() async throws -> [String] {
    try await values("select co_name from pgq.subscription join pgq.consumer on co_id = sub_consumer order by 1")
  }

  /// Reasons of the warnings that stand.
  func warnings() async throws -> [String] { try await values("select reason from trunkline.limit_warning") }

  func ownBytes(_ consumer: String = "c") async throws -> Int64 {
    try await value("select own_bytes from trunkline.get_consumer_retention('q', \(consumer))")
  }

  /// Waits until somebody else waits for a lock in this database.
  func awaitBlockedSession() async throws {
    try await pollUntil("a session that waits for a lock") {
      try await value(
        """
        select exists (select 1 from pg_stat_activity
                       where datname = current_database() and wait_event_type = 'Lock')
        """)
    }
  }
}
