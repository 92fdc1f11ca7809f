import PostgresClient
import PostgresTesting

/// Waits until every consumer has had everything.
struct Quiescence: Sendable {
  let server: TortureServer
  let supervisor: Supervisor

  /// - Returns: who did not come to an end, in words.
  func reach(timeout: Duration = .seconds(90)) async throws -> [String] {
    try await supervisor.retireProducers()
    let connection = try await PostgresConnection.connect(PostgresConfiguration(server.direct))
    let deadline = ContinuousClock.now + timeout
    var waits = "?"
    while ContinuousClock.now < deadline {
      waits = try await aside(connection)
      if waits.isEmpty {
        let tick = try await connection.query("select tick_id from pgq._make_tick('torture')").first?
          .decode(0, as: Int64.self)
        repeat {
          try await supervisor.watch(until: ContinuousClock.now + .milliseconds(200))
          waits = try await behind(tick ?? 0, connection)
        } while !waits.isEmpty && ContinuousClock.now < deadline
        // Somebody may have put another event aside meanwhile.
        if waits.isEmpty, try await aside(connection).isEmpty { break }
      } else {
        try await supervisor.watch(until: ContinuousClock.now + .milliseconds(200))
      }
    }
    await connection.close()
    return waits.isEmpty ? [] : ["not finished after \(timeout): \(waits)"]
  }

  /// Events that wait to come again.
  private func aside(_ connection: PostgresConnection) async throws -> String {
    let parked = try await connection.query("select to_regclass('trunkline.parked_event') is not null")
    let hasParked = try parked.first?.decode(0, as: Bool.self) ?? false
    let lanes = hasParked ? "union all select count(*) from trunkline.parked_event having count(*) > 0" : ""
    let sql: String = """
      select coalesce(string_agg(format('%s events put aside', n), ', '), '')
      from (select count(*) n from pgq.retry_queue having count(*) > 0 \(lanes)) q
      """
    let result = try await connection.query(PostgresQuery(sql))
    return try result.first?.decode(0) ?? ""
  }

  private func behind(_ tick: Int64, _ connection: PostgresConnection) async throws -> String {
    let result = try await connection.query(
      """
      select coalesce(string_agg(format('%s is at tick %s of %s', c.co_name, s.sub_last_tick, \(tick)::int8), ', '), '')
      from pgq.subscription s join pgq.consumer c on c.co_id = s.sub_consumer
      where s.sub_last_tick < \(tick) or s.sub_next_tick <= \(tick)
      """)
    return try result.first?.decode(0) ?? ""
  }
}
