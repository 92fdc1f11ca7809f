import Logging
import PostgresClient

/// A process's claim on a consumer or member, kept through lost connections.
struct Attachment: Sendable {
  var lease: Int64?
  /// Whether the claim was lost; then another process may have it.
  var isLost = false
  private var isReplaced = false

  /// Whether a lost claim may be made again: a member that was silent for too long comes back, one that another process
  /// replaced does not.
  func mayReturn(_ consumer: QueueConsumer) -> Bool { consumer.member != nil && !isReplaced }

  /// Attaches for the first time, or goes on with the lease of the connection before: so a process that was cut off does not
  /// come back over one that took its place meanwhile.
  ///
  /// - Throws: `PostgresError`; SQLSTATE TL001 when another process works as this member.
  mutating func session(_ consumer: QueueConsumer, _ connection: PostgresConnection) async throws -> ConsumerSession {
    if isLost, let member = consumer.member {
      let holder = try await ConsumerSession.holder(
        ofMember: member, of: consumer.name, on: consumer.queue, connection)
      isReplaced = holder != nil
      if let holder { throw Self.replaced(member, consumer, holder) }
      lease = nil
    }
    if let lease {
      return ConsumerSession(
        connection: connection, queue: consumer.queue, consumer: consumer.name, member: consumer.member, lease: lease)
    }
    let session = try await ConsumerSession.attach(
      consumer.name, member: consumer.member, on: consumer.queue, holder: processDescription(), connection)
    lease = session.lease
    isLost = false
    return session
  }

  private static func replaced(_ member: String, _ consumer: QueueConsumer, _ holder: String) -> PostgresError {
    var error = PostgresError(
      .server,
      "member \"\(member)\" of consumer \"\(consumer.name)\" on queue \"\(consumer.queue)\" was taken over by \(holder)",
      hint: "Only one process may work as a member; stop one of them or give it another name.")
    error.sqlState = ConsumerSession.lostLease
    return error
  }
}
