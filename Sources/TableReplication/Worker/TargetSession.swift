import Logging
import PostgresClient

/// Settings of the session that writes into the target.
enum TargetSession {
  /// Prepares a connection: triggers and foreign keys of the target do not fire for replicated rows where that is
  /// allowed; else their checks wait for the end of each transaction as far as they are deferrable.
  ///
  /// - Returns: whether triggers and foreign keys stay silent.
  /// - Throws: `PostgresError`.
  static func prepare(
    _ target: PostgresConnection, plansAnew: Bool = true, _ logger: Logger
  ) async throws -> Bool {
    // An index scan must not be kept out by old plans.
    if plansAnew { try await target.execute("set plan_cache_mode = force_custom_plan") }
    do {
      try await target.execute("set session_replication_role = replica")
      return true
    } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
      let user = try await target.query("select current_user").first?.decode(0, as: String.self) ?? "the worker's role"
      logger.notice(
        "triggers and foreign keys of the target fire for replicated rows",
        metadata: [
          "reason": "session_replication_role may not be set",
          "remedy": "as superuser (PostgreSQL 15 or later): grant set on parameter session_replication_role to \(user)",
        ])
      return false
    }
  }
}
