import PostgresClient
import PostgresTesting
import Testing

/// One deduplication key, one event, whatever runs at the same time.
@Suite struct DeduplicationTests {
  private static func send(_ data: String, _ key: String = "k") -> PostgresQuery {
    "select trunkline.send('q', \(data), dedup_key => \(key))"
  }

  /// Runs `second` while the transaction of `first` is open, and ends that only when `second` waits for it.
  private func interleave(
    _ database: TestDatabase, _ session: QueueSession, first: PostgresQuery, second: PostgresQuery, end: String
  ) async throws -> (Int64, Int64) {
    let other = try await QueueSession(database)
    let pid: Int = try await other.value("select pg_backend_pid()")
    try await session.connection.execute("begin")
    let one: Int64 = try await session.value(first)
    async let two: Int64 = other.value(second)
    let watcher = try await QueueSession(database)
    try await pollUntil("the second to wait for the first") {
      try await watcher.value(
        "select coalesce(wait_event_type = 'Lock', false) from pg_stat_activity where pid = \(pid)")
    }
    try await session.connection.execute(end)
    let id = try await two
    await other.connection.close()
    await watcher.connection.close()
    return (one, id)
  }

  @Test func theSecondWaitsAndGetsTheFirstsEvent() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let (first, second) = try await interleave(
        database, session, first: Self.send("first"), second: Self.send("second"), end: "commit")
      #expect(first == second)
      try await session.tick("q")
      #expect(try await session.drain("q") == ["first"])
    }
  }

  @Test func theSecondIsSentWhenTheFirstIsRolledBack() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let (first, second) = try await interleave(
        database, session, first: Self.send("first"), second: Self.send("second"), end: "rollback")
      #expect(first != second)
      #expect(try await session.value(Self.send("third")) == second)
      try await session.tick("q")
      #expect(try await session.drain("q") == ["second"])
    }
  }

  @Test func arraysWaitForEachOtherWithoutADeadlock() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let (_, second) = try await interleave(
        database, session,
        first: "select (trunkline.send('q', array['1', '2'], dedup_keys => array['b', 'a']))[1]",
        second: "select (trunkline.send('q', array['3', '4', '5'], dedup_keys => array['a', 'c', 'b']))[3]",
        end: "commit")
      #expect(try await session.value("select ev_data from pgq.event_template where ev_id = \(second)") == "1")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["1", "2", "4"])
    }
  }

  /// Many sessions, few keys, in both forms: whoever is first, there is one event for each key, and everybody knows its id.
  @Test func everyKeyIsSentOnceUnderConcurrency() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let ids = try await withThrowingTaskGroup(of: [[Int64]].self) { group in
        for worker in 0..<6 {
          group.addTask {
            let one = try await QueueSession(database)
            var ids: [[Int64]] = []
            for round in 0..<20 {
              let keys = (0..<5).map { "\(round)-\($0)" }
              let own = worker % 2 == 0 ? keys : keys.reversed()
              let sent: [Int64] = try await one.values(
                "select unnest(trunkline.send('q', \(own)::text[], dedup_keys => \(own)::text[]))")
              ids.append(worker % 2 == 0 ? sent : sent.reversed())
            }
            await one.connection.close()
            return ids
          }
        }
        var all: [[[Int64]]] = []
        for try await one in group { all.append(one) }
        return all
      }
      for other in ids.dropFirst() { #expect(other == ids.first) }
      try await session.tick("q")
      let events = try await session.drain("q")
      #expect(events.count == 100 && Set(events).count == 100)
    }
  }

  @Test func repeatedKeysInsideOneArrayAreOneEvent() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let sent: String = try await session.value(
        "select trunkline.send('q', array['1', '2', '3', '4'], dedup_keys => array['a', null, 'a', 'b'])::text")
      #expect(sent == "{1,2,1,3}")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["1", "2", "4"])
    }
  }

  @Test func theKeyCountsForItsWindowAndItsQueue() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.createQueue("other")
      let first: Int64 = try await session.value(
        "select trunkline.send('q', '1', dedup_key => 'k', dedup_window => '1 hour')")
      #expect(try await session.value(Self.send("2")) == first)
      #expect(try await session.value("select trunkline.send('other', 'x', dedup_key => 'k')") == 1)
      try await session.connection.execute("update trunkline.sent_key set expires_at = now() - interval '1 s'")
      let second: Int64 = try await session.value(Self.send("3"))
      #expect(second > first)
      #expect(try await session.value(Self.send("4")) == second)
      // the purge takes what is over and leaves what counts
      try await session.connection.execute(
        "update trunkline.sent_key set expires_at = now() - interval '1 s' where queue_id = 2")
      #expect(
        try await session.values("select func_name from pgq.maint_operations()").contains("trunkline.maint_sent_keys"))
      #expect(try await session.value("select trunkline.maint_sent_keys()") == 0)
      #expect(try await session.values("select queue_id from trunkline.sent_key") == [1])
    }
  }

  /// The snapshot cannot show the other event, so the transaction must be repeated; a second event would be worse.
  @Test func aSnapshotFromBeforeTheFirstIsASerializationFailure() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let other = try await QueueSession(database)
      try await other.connection.execute("begin isolation level repeatable read; select 1 from pgq.queue")
      try await session.connection.query(Self.send("first"))
      let error = await #expect(throws: PostgresError.self) { try await other.connection.query(Self.send("second")) }
      #expect(error?.sqlState == .serializationFailure)
      await other.connection.close()
    }
  }
}
