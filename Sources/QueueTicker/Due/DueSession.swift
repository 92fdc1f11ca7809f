import PostgresClient

/// The statements that deliver what is due, on a connection of its own.
struct DueSession: Sendable {
  let connection: PostgresConnection
  /// Whether schema `trunkline` is there. Without it there are only retries, and nobody announces them.
  private let hasDelays: Bool

  static func open(_ connection: PostgresConnection) async throws -> DueSession {
    let row = try await connection.query("select to_regprocedure('trunkline._due_in()') is not null").first
    let session = DueSession(connection: connection, hasDelays: try row?.decode(0) ?? false)
    if session.hasDelays { try await connection.listen("trunkline_due") }
    return session
  }

  /// Tells producers whether to announce what is due soon.
  func announce(isListening: Bool) async throws {
    guard hasDelays else { return }
    let time = isListening ? Int64.max : 1
    let query: PostgresQuery = "select setval('trunkline.due_wake_seq', \(time))"
    try await Task { _ = try await connection.query(query) }.value
  }

  func look() async throws -> DueSchedule.Findings {
    let query =
      hasDelays
      ? "select delayed, retries from trunkline._due_in()"
      : "select null::int8, (extract(epoch from min(ev_retry_after) - now()) * 1000000)::int8 from pgq.retry_queue"
    guard let row = try await connection.query(PostgresQuery(query).prepared()).first else { return .init() }
    let (delayed, retries) = try row.decode(Int64?.self, Int64?.self)
    return DueSchedule.Findings(
      delayed: delayed.map { .microseconds($0) }, retries: retries.map { .microseconds($0) })
  }

  /// Moves a portion into the queues.
  ///
  /// - Returns: number of events.
  func move(_ events: DueEvents) async throws -> Int {
    let query: PostgresQuery =
      switch events {
      case .delayed: "select trunkline.maint_delayed_events()"
      case .retries: "select pgq.maint_retry_events()"
      }
    return try await Task { try await connection.query(query).first?.decode(0, as: Int.self) ?? 0 }.value
  }

  /// Waits for an announcement, at most for this time. Several that came together count as one.
  func wait(_ time: Duration) async throws {
    guard try await connection.waitForNotification(timeout: time) != nil else { return }
    while try await connection.waitForNotification(timeout: .zero) != nil {}
  }
}
