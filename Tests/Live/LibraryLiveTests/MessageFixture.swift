import EventQueue
import PostgresClient
import PostgresTesting

extension LibraryFixture {
  func messages(member: String? = nil) -> MessageConsumer {
    var consumer = MessageConsumer(
      queue: "q", name: "c", member: member, database: PostgresConfiguration(address), logger: Self.logger)
    consumer.pollInterval = .milliseconds(100)
    consumer.heartbeatInterval = .milliseconds(50)
    consumer.reconnectPolicy = ReconnectPolicy(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(200))
    return consumer
  }

  /// Sends messages with these payloads and keys, and makes a tick.
  func send(_ messages: [(payload: String, key: String?)]) async throws {
    let payloads = messages.map { "'\($0.payload)'" }.joined(separator: ", ")
    let keys = messages.map { $0.key.map { "'\($0)'" } ?? "null" }.joined(separator: ", ")
    try await database.psql(
      "select trunkline.send('q', array[\(payloads)]::text[], keys => array[\(keys)]::text[]); select pgq._make_tick('q')"
    )
  }

  func send(_ payloads: ClosedRange<Int>, key: (Int) -> String? = { _ in nil }) async throws {
    try await send(payloads.map { ("\($0)", key($0)) })
  }

  /// Brings events that are due again back into the queue.
  func bringRetriesBack() async throws {
    try await database.psql(
      "select pgq.maint_retry_events(); select pgq.maint_retry_events(); select pgq._make_tick('q');")
  }

  /// Waits until no messages are handed out and none wait to be.
  func waitForTheEnd() async throws {
    try await pollUntil("everything to be acknowledged") {
      try await value(
        """
        select count(*) from pgq.subscription s
        where s.sub_batch is not null
          or s.sub_last_tick < (select max(t.tick_id) from pgq.tick t where t.tick_queue = s.sub_queue)
        """) == "0"
    }
  }
}
