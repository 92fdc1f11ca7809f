import PostgresClient

extension StatusReader {
  func captures(_ visible: VisibleObjects) async throws -> [CaptureSnapshot] {
    guard visible.sees("trunkline.capture") else { return [] }
    if depth == .thorough, visible.canCall("trunkline.capture_check") {
      return try await connection.query(
        "select table_name, queue_name, state, detail, remedy from trunkline.capture_check()"
      )
      .map { row in
        CaptureSnapshot(
          table: try row.decode(0), queue: try row.decode(1), state: try row.decode(2), detail: try row.decode(3),
          remedy: try row.decode(4))
      }
    }
    return try await connection.query(
      "select format('%I.%I', schema_name, table_name), queue_name from trunkline.capture order by 1, 2"
    ).map { CaptureSnapshot(table: try $0.decode(0), queue: try $0.decode(1)) }
  }

  func replications(_ visible: VisibleObjects) async throws -> [ReplicationSnapshot] {
    guard visible.sees("trunkline.position") else { return [] }
    return try await connection.query(
      """
      select origin_id::text, queue_name, consumer_name, last_tick, events,
             extract(epoch from clock_timestamp() - updated_at)::float8, error, holder
      from trunkline.position order by 2, 3, 1
      """
    ).map { row in
      ReplicationSnapshot(
        origin: try row.decode(0), queue: try row.decode(1), consumer: try row.decode(2), lastTick: try row.decode(3),
        events: try row.decode(4), idle: try row.decode(5), error: try row.decode(6), holder: try row.decode(7))
    }
  }
}
