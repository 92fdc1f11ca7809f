import PostgresClient

/// Looks at both databases while they work.
actor DemoMonitor {
  /// One look.
  struct Sample: Sendable {
    var events: Int64 = 0
    var lastTick: Int64 = 0
    /// Seconds between the last applied tick and now.
    var lag: Double = 0
    /// Events applied a second since the look before.
    var rate: Double = 0
  }

  private let source: PostgresConnection
  private let target: PostgresConnection
  private var last: (at: ContinuousClock.Instant, events: Int64)?

  init(_ servers: DemoServers) async throws {
    source = try await PostgresConnection.connect(PostgresConfiguration(servers.sourceConnection))
    target = try await PostgresConnection.connect(PostgresConfiguration(servers.targetConnection))
  }

  /// Looks now; `nil` before the worker has begun.
  func sample() async throws -> Sample? {
    guard
      let position = try await target.query(
        "select events, last_tick from trunkline.position where queue_name = \(DemoServers.queue)"
      ).first
    else { return nil }
    var sample = Sample()
    (sample.events, sample.lastTick) = try position.decode(Int64.self, Int64.self)
    let lag = try await source.query(
      """
      select extract(epoch from clock_timestamp() - tick_time)::float8 from pgq.tick t join pgq.queue on queue_id = tick_queue
      where queue_name = \(DemoServers.queue) and tick_id = \(sample.lastTick)
      """)
    sample.lag = try lag.first?.decode(0) ?? 0
    let now = ContinuousClock.now
    if let last { sample.rate = Double(sample.events - last.events) / ((now - last.at) / .seconds(1)) }
    last = (now, sample.events)
    return sample
  }

  /// Sends a probe row, whose way is timed.
  func probe() async throws { try await source.execute("insert into probe (sent) values (clock_timestamp())") }

  /// Whether the copy has ended and the first batch is applied.
  func hasBegun() async throws -> Bool {
    let rows = try await target.query(
      """
      select (select count(*) from trunkline.copied_table where queue_name = \(DemoServers.queue)) = \(DemoServers.tables.count)
        and exists (select 1 from trunkline.position where queue_name = \(DemoServers.queue) and events > 0)
      """)
    return try rows.first?.decode(0, as: Bool.self) ?? false
  }

  /// Whether what was committed half a second ago has arrived.
  func isCloseBehind() async throws -> Bool {
    guard let sample = try await sample() else { return false }
    return sample.lag < 0.5
  }

  /// Whether every probe has arrived: rows are applied in the order of their commits, so everything before has, too.
  func hasDrained() async throws -> Bool {
    let sent = try await source.query("select max(id) from probe").first?.decode(0, as: Int64?.self)
    let arrived = try await target.query("select max(id) from probe").first?.decode(0, as: Int64?.self)
    let lag = try await source.query(
      """
      select count(*) from pgq.get_consumer_info(\(DemoServers.queue), null) c
      join pgq.get_queue_info(\(DemoServers.queue)) q on true
      where c.pending_events > 0 or q.ev_new > 0
      """)
    return try sent == arrived && lag.first?.decode(0, as: Int.self) == 0
  }

  /// The time on the source's clock.
  func now() async throws -> String {
    try await source.query("select clock_timestamp()").first?.decode(0) ?? "now"
  }

  /// The probes' ways from their insert in the source to their insert in the target, in milliseconds: half of them were
  /// faster, 99 of 100, all. The first two count probes sent outside the given times only; the last counts all.
  func latencies(outside times: [(from: String, to: String)]) async throws -> DemoReport.Latency {
    var steady = "arrived is not null"
    for time in times { steady += " and sent not between '\(time.from)' and '\(time.to)'" }
    let rows = try await target.query(
      """
      select coalesce(percentile_cont(0.5) within group (order by ms) filter (where \(raw: steady)), 0),
             coalesce(percentile_cont(0.99) within group (order by ms) filter (where \(raw: steady)), 0),
             coalesce(max(ms), 0)
      from (select *, extract(epoch from arrived - sent)::float8 * 1000 as ms from probe) p
      """)
    guard let row = rows.first else { return .init() }
    let (median, p99, longest) = try row.decode(Double.self, Double.self, Double.self)
    return .init(median: median, p99: p99, longest: longest)
  }
}
