import EventFormats
import Logging
import PostgresClient

/// The statements of a ticker, on a connection of its own.
///
/// Statements run to their end even when the task is cancelled: a stop waits for the tick that is being made.
struct TickerSession: Sendable {
  let connection: PostgresConnection

  /// What is installed in the database.
  enum Installation: Sendable, Equatable {
    case complete
    case missing
    /// Schema `pgq` is there, but not the functions that this ticker needs.
    case foreign(version: String)
  }

  /// All queues that need a ticker, and the snapshot of the look.
  struct Look: Sendable {
    var queues: [QueueObservation]
    var snapshot: TransactionSnapshot?
  }

  func installation() async throws -> Installation {
    let row = try await single(
      """
      select to_regnamespace('pgq') is not null, to_regprocedure('pgq._poll_queues()') is not null
      """)
    let (hasSchema, hasPoll) = try row.decode(Bool.self, Bool.self)
    if hasPoll { return .complete }
    guard hasSchema else { return .missing }
    let version = try? await single("select pgq.version()").decode(0, as: String.self)
    return .foreign(version: version ?? "unknown")
  }

  /// Takes the lock that only one ticker of a database has, for as long as the connection lasts.
  func tryLock() async throws -> Bool {
    try await single("select pg_try_advisory_lock('pgq.ticker_sleep_seq'::regclass::oid::int8 << 32)").decode(0)
  }

  func look() async throws -> Look {
    let result = try await statement(
      PostgresQuery(
        """
        select queue_name, last_tick_id, \(raw: Self.microseconds("poll_time - last_tick_time")), last_tick_event_seq,
               \(raw: Self.microseconds("last_tick_gap")), event_seq, \(raw: Self.microseconds("consumer_lag")),
               ticker_max_count, \(raw: Self.microseconds("ticker_max_lag")),
               \(raw: Self.microseconds("ticker_idle_period")), has_consumers, snapshot
        from pgq._poll_queues()
        """
      ).prepared())
    return Look(
      queues: try result.map(Self.observation),
      snapshot: try result.first.map { try TransactionSnapshot(parsing: $0.decode(11)) })
  }

  func makeTick(_ queue: String) async throws -> MadeTick {
    let result = try await statement(
      PostgresQuery("select tick_id, tick_event_seq, tick_snapshot, tick_xid from pgq._make_tick(\(queue))").prepared())
    guard let row = result.first else { throw PostgresError(.decoding, "pgq._make_tick() returned no row") }
    return MadeTick(
      id: try row.decode(0), eventSequence: try row.decode(1),
      snapshot: try TransactionSnapshot(parsing: row.decode(2)), transaction: try row.decode(3))
  }

  /// Tells producers whether to notify.
  func announce(awake: Bool) async throws {
    _ = try await statement(
      PostgresQuery("select setval('pgq.ticker_sleep_seq', \(raw: awake ? "1" : "2"))").prepared())
  }

  /// All transactions that are running now. Those that begin later read what was announced before.
  func runningTransactions() async throws -> WatchedTransactions {
    let result = try await statement(PostgresQuery("select txid_current_snapshot(), txid_current()").prepared())
    guard let row = result.first else { throw PostgresError(.decoding, "txid_current() returned no row") }
    let snapshot = try TransactionSnapshot(parsing: row.decode(0))
    return WatchedTransactions(runningIn: snapshot, before: try row.decode(1))
  }

  func snapshot() async throws -> TransactionSnapshot {
    let result = try await statement(PostgresQuery("select txid_current_snapshot()").prepared())
    guard let row = result.first else { throw PostgresError(.decoding, "txid_current_snapshot() returned no row") }
    return try TransactionSnapshot(parsing: row.decode(0))
  }

  private func statement(_ query: PostgresQuery) async throws -> PostgresResult {
    try await Task { try await connection.query(query) }.value
  }

  private func single(_ sql: String) async throws -> PostgresRow {
    guard let row = try await statement(PostgresQuery(sql)).first else {
      throw PostgresError(.decoding, "the query returned no row", query: sql)
    }
    return row
  }

  /// Null stays null; what is not finite becomes a hundred years.
  private static func microseconds(_ interval: String) -> String {
    """
    case when \(interval) > interval '100 years' then 3155760000000000
         else (extract(epoch from \(interval)) * 1000000)::int8 end
    """
  }

  private static func observation(_ row: PostgresRow) throws -> QueueObservation {
    func duration(_ column: Int) throws -> Duration? {
      try row.decode(column, as: Int64?.self).map { .microseconds($0) }
    }
    func required(_ column: Int) throws -> Duration { .microseconds(try row.decode(column, as: Int64.self)) }
    var lastTick: QueueObservation.LastTick?
    if let id = try row.decode(1, as: Int64?.self) {
      lastTick = .init(id: id, age: try required(2), eventSequence: try row.decode(3), gap: try duration(4))
    }
    return QueueObservation(
      queue: try row.decode(0), lastTick: lastTick, eventSequence: try row.decode(5, as: Int64?.self),
      consumerLag: try duration(6), hasConsumers: try row.decode(10), maximumCount: try row.decode(7),
      maximumLag: try required(8),
      idlePeriod: try required(9))
  }
}
