package import Logging
package import PostgresClient

/// Ends sessions of an earlier worker that hangs in its open transaction and so keeps its successor's claim waiting.
package enum BlockerEviction {
  /// Runs `body`, which may have to wait in the session of `connection`. Whoever of our own role and program still blocks it
  /// after `delay` loses its session, again and again until `body` is done.
  ///
  /// - Parameter held: what the other one holds, for the log.
  /// - Throws: what `body` throws; `PostgresError`.
  package static func run<Value>(
    for connection: PostgresConnection, after delay: Duration, held: String, logger: Logger,
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> sending Value
  ) async throws -> sending Value {
    let backend = try await connection.query("select pg_backend_pid()").first?.decode(0, as: Int.self) ?? 0
    let configuration = connection.configuration
    let eviction = Task {
      while true {
        try await Task.sleep(for: delay)
        try await endBlockers(of: backend, configuration, held, logger)
      }
    }
    defer { eviction.cancel() }
    return try await body()
  }

  private static func endBlockers(
    of backend: Int, _ configuration: PostgresConfiguration, _ held: String, _ logger: Logger
  ) async throws {
    let connection = try await PostgresConnection.connect(configuration, logger: logger)
    let ended = try? await connection.query(
      """
      select a.pid from pg_stat_activity a, pg_terminate_backend(a.pid)
      where a.pid = any (pg_blocking_pids(\(backend)::int4)) and a.usename = current_user
        and a.application_name = current_setting('application_name')
      """)
    await connection.close()
    guard let ended else { return }
    for row in ended {
      logger.warning(
        "ended the session of another worker, which held \(held) in an open transaction",
        metadata: ["backend": "\((try? row.decode(0, as: Int.self)) ?? 0)"])
    }
  }
}
