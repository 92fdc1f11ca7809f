import PostgresClient

/// How far a verification is with one table.
struct VerificationPlace: Sendable, Equatable {
  /// Rows up to this key were compared; `nil`: at the beginning.
  var after: [String]?
  /// The round, from 1 on.
  var round: Int64 = 1
  /// Rows compared and found different in this round.
  var rows = 0, drifted = 0
}

/// Remembers in the target's `trunkline.verification` how far a verification is, so that it goes on after a restart.
struct VerificationMemory: Sendable {
  let name: String
  let connection: PostgresConnection

  /// Opens it; `nil` when the target has no such table.
  static func open(_ name: String, _ connection: PostgresConnection) async throws -> VerificationMemory? {
    let found = try await connection.query("select 1 where to_regclass('trunkline.verification') is not null")
    return found.isEmpty ? nil : VerificationMemory(name: name, connection: connection)
  }

  /// The place in a table.
  func place(_ table: String) async throws -> VerificationPlace? {
    let row = try await connection.query(
      """
      select position, round, rows, drifted from trunkline.verification
      where verification = \(name) and table_name = \(table)
      """
    ).first
    guard let row else { return nil }
    return VerificationPlace(
      after: try row.decode(0), round: try row.decode(1), rows: try row.decode(2), drifted: try row.decode(3))
  }

  /// Notes a place.
  ///
  /// - Parameter finished: the counts of a round that is over with this table.
  func note(_ place: VerificationPlace, _ table: String, finished: (rows: Int, drifted: Int)? = nil) async throws {
    let query: PostgresQuery = """
      insert into trunkline.verification as v
        (verification, table_name, position, round, rows, drifted, last_finished, last_rows, last_drifted)
      values (\(name), \(table), \(place.after), \(place.round), \(place.rows), \(place.drifted),
        case when \(finished?.rows)::int8 is not null then clock_timestamp() end, \(finished?.rows)::int8,
        \(finished?.drifted)::int8)
      on conflict (verification, table_name) do update
      set position = excluded.position, round = excluded.round, rows = excluded.rows, drifted = excluded.drifted,
        round_started = case when v.round = excluded.round then v.round_started else clock_timestamp() end,
        last_finished = coalesce(excluded.last_finished, v.last_finished),
        last_rows = coalesce(excluded.last_rows, v.last_rows),
        last_drifted = coalesce(excluded.last_drifted, v.last_drifted), updated_at = clock_timestamp()
      """
    try await connection.query(query)
  }
}
