import Logging
import PostgresClient

/// A tick that a node below asks for: ticks are made at the root only, and of a quiet set rarely.
struct RootTick {
  /// Nodes on the way to the root; more would be a circle.
  private static let farthest = 50

  /// Asks the root for a tick soon. The asking one does not depend on it: what goes wrong on the way up is logged.
  ///
  /// - Parameter source: the node from which to go up, the root or below.
  /// - Throws: `PostgresError` when `source` itself fails; `CancellationError`.
  static func ask(from source: CopySource, _ session: SetSession, _ logger: Logger) async throws {
    var next = try await climb(source.queue, source.connection)
    do {
      for _ in 0..<farthest {
        guard let location = next else { return }
        next = try await PostgresConnection.with(session.configuration(of: location), logger: logger) { connection in
          try await climb(source.queue, connection)
        }
      }
    } catch let error as PostgresError {
      try Task.checkCancellation()
      logger.debug(
        "no tick could be asked for at the root",
        metadata: ["queue": "\(source.queue)", "from": "\(source.node)", "error": "\(error)"])
    }
  }

  /// Asks for the tick where this is the root.
  ///
  /// - Returns: else the provider's location.
  private static func climb(_ queue: String, _ connection: PostgresConnection) async throws -> String? {
    let rows = try await connection.query(
      "select node_type = 'root', provider_location from pgq_node.get_node_info(\(queue)) where ret_code < 400")
    guard let (isRoot, provider) = try rows.first?.decode(Bool.self, String?.self) else { return nil }
    guard isRoot else { return provider }
    try await connection.query("select pgq.force_tick(\(queue))")
    return nil
  }
}
