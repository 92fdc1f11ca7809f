import PostgresClient

extension ConsumerSession {
  /// Says that the process is alive while it works on a batch, and learns whether it still may.
  ///
  /// - Returns: the silence after which the group's other members get the batch; `nil`: never.
  /// - Throws: `PostgresError`: lost lease.
  func touch() async throws -> Duration? {
    guard let member else {
      let rows = try await connection.query(
        "select lease from trunkline.consumer_lease where queue_name = \(queue) and consumer_name = \(consumer)")
      guard try rows.first?.decode(0, as: Int64.self) == lease else { throw takenOver() }
      return nil
    }
    let rows = try await connection.query(
      """
      select extract(epoch from (
          select dead_interval from trunkline.member_group
          where queue_name = \(queue) and consumer_name = \(consumer)))::float8,
        trunkline.touch_member(\(queue), \(consumer), \(member), \(lease))
      """)
    return try rows.first?.decode(0, as: Double?.self).map { .seconds($0) }
  }

  /// Lets the other members have the open batch at once, instead of after the group's dead interval.
  ///
  /// - Throws: `PostgresError`: lost lease.
  func detach() async throws {
    guard let member else { return }
    try await connection.query("select trunkline.detach_member(\(queue), \(consumer), \(member), \(lease))")
  }

  /// Who works as this member now; `nil` when nobody does, because it was silent for too long.
  ///
  /// - Throws: `PostgresError`.
  static func holder(
    ofMember member: String, of consumer: String, on queue: String, _ connection: PostgresConnection
  ) async throws -> String? {
    let rows = try await connection.query(
      "select holder from trunkline.get_member_info(\(queue), \(consumer)) where member_name = \(member)")
    return try rows.first?.decode(0, as: String?.self) ?? nil
  }

  private func takenOver() -> PostgresError {
    var error = PostgresError(
      .server, "consumer \"\(consumer)\" on queue \"\(queue)\" was taken over by another process",
      hint: "Only one process may work under a consumer name; stop one of them or give it another name.")
    error.sqlState = Self.lostLease
    return error
  }
}
