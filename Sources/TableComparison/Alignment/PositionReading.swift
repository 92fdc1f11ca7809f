import EventFormats
import PostgresClient

/// Reads up to which tick a database has applied a queue.
struct PositionReading: Sendable {
  /// The query; its only column is the tick.
  let query: PostgresQuery
  /// What it is called in messages.
  let name: String

  /// Of the worker of `trunkline replicate`.
  static func replica(origin: String, queue: String, consumer: String) -> PositionReading {
    PositionReading(
      query: """
        select last_tick from trunkline.position
        where origin_id = \(origin)::uuid and queue_name = \(queue) and consumer_name = \(consumer)
        """,
      name: "consumer \"\(consumer)\" of queue \"\(queue)\"")
  }

  /// Of a node's worker.
  static func node(_ queue: String) -> PositionReading {
    PositionReading(
      query: """
        select s.last_tick_id from pgq_node.node_info n
        join pgq_node.local_state s on s.queue_name = n.queue_name and s.consumer_name = n.worker_name
        where n.queue_name = \(queue)
        """,
      name: "the node's worker of queue \"\(queue)\"")
  }

  /// The tick.
  ///
  /// - Throws: ``ComparisonError`` when there is no such position.
  func read(_ connection: PostgresConnection) async throws -> Int64 {
    guard let row = try await connection.query(query).first else {
      throw ComparisonError(
        "the database has no position of \(name)",
        hint: "name the worker's --queue and --consumer, or compare databases that stand still with --unaligned")
    }
    return try row.decode(0)
  }
}
