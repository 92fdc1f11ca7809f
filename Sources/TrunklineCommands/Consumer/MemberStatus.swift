import PostgresClient

/// A member of a group that shares the work of one consumer.
struct MemberStatus: Encodable {
  var member: String
  /// The batch it works on.
  var batch: Int64?
  /// Seconds since it gave a sign of life.
  var lastSeen: Double?
  /// Whether what it worked on waits for another member, because it seemed dead.
  var isReleased: Bool
  /// The process, when it says.
  var holder: String?

  static func read(
    _ consumer: String, of queue: String, _ connection: PostgresConnection
  ) async throws -> [MemberStatus] {
    try await connection.query(
      """
      select member_name, current_batch, extract(epoch from last_seen)::float8, is_released, holder
      from trunkline.get_member_info(\(queue), \(consumer))
      where member_name !~ '^lane-[0-9]+$'
      """
    ).map { row in
      MemberStatus(
        member: try row.decode(0), batch: try row.decode(1), lastSeen: try row.decode(2),
        isReleased: try row.decode(3), holder: try row.decode(4))
    }
  }

  static func text(_ members: [MemberStatus]) -> String {
    guard !members.isEmpty else { return "no members\n" }
    var table = TextTable(["member", "batch", "last seen", "process", ""], rightAligned: [1, 2])
    for member in members {
      table.add([
        member.member, member.batch.map(String.init) ?? "-", TimeText.short(member.lastSeen), member.holder ?? "-",
        member.isReleased ? "its batch goes to others" : "",
      ])
    }
    return table.text
  }
}
