import PostgresClient

/// Marks transactions of a worker that may not set session_replication_role, so that captures of the target which are to
/// leave out replicated rows know them, see `trunkline.begin_apply()`.
actor ApplyMark {
  private var isAllowed: Bool?

  /// Marks the open transaction, where the target's schema has that and allows it.
  ///
  /// - Throws: `PostgresError`.
  func begin(_ target: PostgresConnection) async throws {
    if isAllowed == nil {
      isAllowed = try await target.query(
        """
        select coalesce(pg_catalog.has_function_privilege(to_regprocedure('trunkline.begin_apply()'), 'execute'), false)
        """
      ).first?.decode(0, as: Bool.self)
    }
    if isAllowed == true { try await target.execute("select trunkline.begin_apply()") }
  }
}
