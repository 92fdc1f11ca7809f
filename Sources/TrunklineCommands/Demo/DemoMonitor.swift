import PostgresClient

/// Looks at the nodes while they work.
actor DemoMonitor {
  /// One look.
  struct Sample: Sendable {
    var events: Int64 = 0
    var lastTick: Int64 = 0
    /// Seconds between the tick that the warehouse finished last and now.
    var lag: Double = 0
    /// Events made a second since the look before.
    var rate: Double = 0
  }

  private var root: PostgresConnection
  private let leaf: PostgresConnection
  private var last: (at: ContinuousClock.Instant, events: Int64)?

  init(_ nodes: DemoNodes) async throws {
    root = try await PostgresConnection.connect(PostgresConfiguration(nodes.shop.connection))
    leaf = try await PostgresConnection.connect(PostgresConfiguration(nodes.warehouse.connection))
  }

  /// Sends probes to, and asks, the node that is the root from now on.
  func follow(_ node: DemoNodes.Node) async throws {
    await root.close()
    root = try await PostgresConnection.connect(PostgresConfiguration(node.connection))
    last = nil
  }

  /// Looks now.
  func sample() async throws -> Sample {
    var sample = Sample()
    let state = try await leaf.query(
      "select last_tick_id from pgq_node.local_state where queue_name = \(DemoNodes.queue)")
    sample.lastTick = try state.first?.decode(0) ?? 0
    let row = try await root.query(
      """
      select coalesce(pg_sequence_last_value(q.queue_event_seq::regclass), 0),
             coalesce(extract(epoch from clock_timestamp() - t.tick_time), 0)::float8
      from pgq.queue q left join pgq.tick t on t.tick_queue = q.queue_id and t.tick_id = \(sample.lastTick)
      where q.queue_name = \(DemoNodes.queue)
      """
    ).first
    if let row { (sample.events, sample.lag) = try row.decode(Int64.self, Double.self) }
    let now = ContinuousClock.now
    if let last { sample.rate = Double(sample.events - last.events) / ((now - last.at) / .seconds(1)) }
    last = (now, sample.events)
    return sample
  }

  /// Sends a probe row, whose way is timed.
  func probe() async throws { try await root.execute("insert into probe (sent) values (clock_timestamp())") }

  /// Whether what was committed half a second ago has arrived in the warehouse.
  func isCloseBehind() async throws -> Bool {
    let sample = try await sample()
    return sample.lastTick > 0 && sample.lag < 0.5
  }

  /// Whether the last probe has arrived: rows are applied in the order of their commits, so everything before has, too.
  func hasDrained() async throws -> Bool {
    let sent = try await root.query("select max(id) from probe").first?.decode(0, as: Int64?.self)
    let arrived = try await leaf.query("select max(id) from probe").first?.decode(0, as: Int64?.self)
    return sent == arrived
  }

  /// The time on the root's clock.
  func now() async throws -> String { try await root.query("select clock_timestamp()").first?.decode(0) ?? "now" }

  /// The probes' ways from their insert in the root to their insert in the warehouse, through the copy, in milliseconds: half of
  /// them were faster, 99 of 100, all. The first two count probes sent outside the given times only; the last counts all
  /// that were sent after the initial copy.
  func latencies(
    after start: String, outside times: [(from: String, to: String)]
  ) async throws -> DemoReport.Latency {
    var steady = "true"
    for time in times { steady += " and sent not between '\(time.from)' and '\(time.to)'" }
    let rows = try await leaf.query(
      """
      select coalesce(percentile_cont(0.5) within group (order by ms) filter (where \(raw: steady)), 0),
             coalesce(percentile_cont(0.99) within group (order by ms) filter (where \(raw: steady)), 0),
             coalesce(max(ms), 0)
      from (select *, extract(epoch from arrived - sent)::float8 * 1000 as ms from probe
            where sent > \(start)::timestamptz and arrived is not null) p
      """)
    guard let row = rows.first else { return .init() }
    let (median, p99, longest) = try row.decode(Double.self, Double.self, Double.self)
    return .init(median: median, p99: p99, longest: longest)
  }
}
