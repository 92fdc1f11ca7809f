import PostgresClient
import PostgresTesting
import Testing

/// Two processes with one consumer name, at the same moment, at every isolation level.
@Suite struct ReceivingRaceTests {
  /// Waits until a session waits for a lock of `holder`.
  private func waitUntilBlocked(by holder: QueueSession, _ observer: QueueSession) async throws {
    let pid: Int32 = try await holder.value("select pg_backend_pid()")
    try await pollUntil("a session waits") {
      try await observer.value(
        """
        select count(*)::int from pg_stat_activity a
        where a.datname = current_database() and \(pid) = any (pg_blocking_pids(a.pid))
        """, as: Int.self) > 0
    }
  }

  @Test(arguments: ["read committed", "repeatable read", "serializable"])
  func aLaterReceiverFencesTheEarlier(_ isolation: String) async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.connection.execute("create table work (id int)")
      try await session.send(["a", "b"])
      let other = try await QueueSession(database)
      let first = try #require(try await session.receive())
      try await session.connection.execute("begin isolation level \(isolation)")
      try await session.connection.execute("insert into work values (1)")
      let second = try #require(try await other.receive())
      #expect(second.events == first.events)
      let refusal = try await session.refusal("select trunkline.ack(\(first.receipt))")
      #expect(refusal == (isolation == "read committed" ? "TL001" : "40001"))
      try await session.connection.execute("rollback")
      #expect(try await session.refusal("select trunkline.ack(\(first.receipt))") == "TL001")
      #expect(try await other.ack(second) == 2)
      #expect(try await session.value("select count(*)::int from work", as: Int.self) == 0)
      await other.connection.close()
    }
  }

  @Test(arguments: ["read committed", "repeatable read", "serializable"], [true, false])
  func aReceiveWaitsForAnAcknowledgementUnderWay(_ isolation: String, commits: Bool) async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.send(["a", "b", "c"])
      let other = try await QueueSession(database)
      let first = try #require(try await session.receive(2))
      try await session.connection.execute("begin isolation level \(isolation)")
      try await session.ack(first)
      let waiting = Task { try await other.receive() }
      let observer = try await QueueSession(database)
      try await waitUntilBlocked(by: session, observer)
      try await session.connection.execute(commits ? "commit" : "rollback")
      let second = try #require(try await waiting.value)
      #expect(second.payloads == (commits ? ["c"] : ["a", "b"]))
      #expect(try await session.refusal("select trunkline.ack(\(first.receipt))") == "TL001")
      try await other.ack(second)
      #expect(try await other.receiveAll() == (commits ? [] : ["c"]))
      await observer.connection.close()
      await other.connection.close()
    }
  }

  @Test func workAndAcknowledgementAreOneTransaction() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.connection.execute("create table work (payload text)")
      try await session.send((0..<20).map(String.init))
      // every other transaction is cut off before its commit
      for round in 0..<20 {
        let own = try await QueueSession(database)
        try await own.connection.execute("begin isolation level serializable")
        if let received = try await own.receive(2) {
          for payload in received.payloads { try await own.connection.query("insert into work values (\(payload))") }
          try await own.ack(received)
        }
        if round % 2 == 0 { try await own.connection.execute("commit") }
        await own.connection.close()
      }
      let done = try await session.values("select payload::int from work order by 1", as: Int.self)
      #expect(done == Array(0..<20))
    }
  }
}
