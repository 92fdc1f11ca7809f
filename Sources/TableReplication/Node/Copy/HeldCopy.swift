import EventFormats
import PostgresClient

/// The claim of one process on the copy of a table.
struct HeldCopy: Sendable {
  let owner: CopyOwner
  /// The table's name in the set.
  let table: String
  let lease: Int64

  /// Called first in transactions of the copy: nobody else has it, and it is still wanted.
  ///
  /// - Throws: `PostgresError`, SQLSTATE TL001; ``CopyInterrupted``.
  func check(state: String, _ target: PostgresConnection) async throws {
    try await target.query(
      "select trunkline.hold_position(\(owner.origin)::uuid, \(owner.queue), \(owner.consumer), \(lease))")
    let rows = try await target.query(
      """
      select merge_state from londiste.table_info
      where queue_name = \(owner.queue) and table_name = \(table) and local
      """)
    guard try rows.first?.decode(0, as: String?.self) == state else { throw CopyInterrupted() }
  }

  /// Called in the transaction that completes the rows.
  func finishCopy(_ snapshot: String, _ target: PostgresConnection) async throws {
    try await lock(state: "in-copy", target)
    try await target.query(
      "select londiste.local_set_table_state(\(owner.queue), \(table), \(snapshot), 'catching-up')")
  }

  /// Keeps the table's state as it is until the open transaction ends: nobody takes the table over meanwhile.
  ///
  /// - Throws: ``CopyInterrupted`` when it has changed; `PostgresError`.
  func lock(state: String, _ target: PostgresConnection) async throws {
    let query: PostgresQuery = """
      select 1 from londiste.table_info
      where queue_name = \(owner.queue) and table_name = \(table) and local and merge_state = \(state) for update
      """
    guard try await !target.query(query.prepared()).isEmpty else { throw CopyInterrupted() }
  }

  /// Moves the copy's position over a batch, as part of the open transaction.
  ///
  /// - Returns: `false` when it is there already.
  func advance(from previous: Int64, to current: Int64, _ target: PostgresConnection) async throws -> Bool {
    let query: PostgresQuery = """
      select trunkline.advance_position(\(owner.origin)::uuid, \(owner.queue), \(owner.consumer), \(lease), \(previous),
        \(current))
      """
    return try await target.query(query.prepared()).first?.decode(0) ?? false
  }
}
