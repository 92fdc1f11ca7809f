import PostgresClient
import PostgresTesting
import Testing

/// What holds up table switches is named; on the quiet server, as these look at transactions of the whole server.
extension RotationTests {
  private struct Blocker: Equatable {
    let kind: String
    let who: String?
    let pid: Int?
    let detail: String?
  }

  private func blockers(_ session: QueueSession) async throws -> [Blocker] {
    try await session.connection.query("select kind, who, pid, detail from trunkline.rotation_blockers('q')").map {
      try Blocker(kind: $0.decode(0), who: $0.decode(1), pid: $0.decode(2), detail: $0.decode(3))
    }
  }

  /// Two switches are made, so that the next one is held up by whoever is older than the second.
  private func switchTwice(_ session: QueueSession) async throws {
    for _ in 0..<2 {
      try await session.settle("q")
      try await session.rotate("q")
    }
  }

  @Test func rotationGoesOnAfterAnEviction() async throws {
    try await QueueSession.withQuietServer(allSchemas: true) { _, session in
      try await session.createQueue("q", consumers: ["c", "fast"])
      try await session.limit("max_bytes", "50000")
      try await session.backlog(events: 100)
      for _ in 0..<3 {
        try await session.settle("q", "fast")
        try await session.rotate("q")
      }
      let table = try await session.currentTable("q")
      try await session.settle("q", "fast")
      try await session.rotate("q")
      #expect(try await session.currentTable("q") == table)
      let held: [String] = try await session.value(
        "select held_tables from trunkline.get_consumer_retention('q', 'c') where holds_rotation")
      #expect(held.count == 2)
      #expect(try await blockers(session).map(\.who) == ["c"])

      try await session.checkLimits()
      #expect(try await blockers(session) == [])
      for _ in 0..<3 {
        try await session.settle("q", "fast")
        try await session.rotate("q")
      }
      #expect(try await session.value("select count(*)::int from pgq.event_template", as: Int.self) == 0)
    }
  }

  @Test func aLongTransactionIsNamed() async throws {
    try await QueueSession.withQuietServer(allSchemas: true) { database, session in
      try await session.createQueue("q")
      try await switchTwice(session)
      let long = try await QueueSession(database)
      try await long.connection.execute("begin; create table long (a int); select 'the long one'")
      // its id is older than the end of this switch
      try await session.settle("q")
      try await session.rotate("q")
      try await session.settle("q")
      let pid: Int = try await long.value("select pg_backend_pid()")
      let table = try await session.currentTable("q")
      try await session.rotate("q")
      #expect(try await session.currentTable("q") == table)
      let found = try await blockers(session).filter { $0.kind == "transaction" }
      #expect(found.map(\.pid) == [pid])
      #expect(found.first?.who == "postgres")
      #expect(found.first?.detail?.hasPrefix("idle in transaction since") == true)

      // others see who it is, and not what he does
      let role = FreshName.next("nobody")
      try await session.connection.execute("create role \(role); set role \(role)")
      let seen = try await blockers(session).filter { $0.kind == "transaction" }
      #expect(seen.map(\.pid) == [pid])
      #expect(seen.first?.detail?.contains("pg_backend_pid") != true)
      try await session.connection.execute("reset role; grant pg_read_all_stats to \(role); set role \(role)")
      #expect(try await blockers(session).first { $0.pid == pid }?.detail?.contains("pg_backend_pid") == true)
      try await session.connection.execute("reset role; drop role \(role)")

      try await long.connection.execute("rollback")
      try await session.settle("q")
      #expect(try await blockers(session) == [])
      try await session.rotate("q")
      #expect(try await session.currentTable("q") != table)
      await long.connection.close()
    }
  }

  @Test func aPreparedTransactionIsNamed() async throws {
    try await QueueSession.withQuietServer(allSchemas: true) { _, session in
      try await session.createQueue("q")
      try await switchTwice(session)
      // it holds back snapshots, and has a lock on the table that would be emptied next
      try await session.connection.execute(
        """
        begin; create table forgotten (a int); lock table pgq.event_1_1 in access share mode;
        prepare transaction 'forgotten'
        """)
      try await session.settle("q")
      try await session.rotate("q")
      try await session.settle("q")
      let found = try await blockers(session)
      try await session.connection.execute("rollback prepared 'forgotten'")
      #expect(found.map(\.kind) == ["prepared", "slow lock"])
      #expect(found.map(\.who) == ["forgotten", "forgotten"])
      try await session.settle("q")
      #expect(try await blockers(session) == [])
    }
  }

  /// pg_dump and others that read all tables in one transaction.
  @Test func aReaderOfTheTableThatIsToBeEmptiedIsNamed() async throws {
    try await QueueSession.withQuietServer(allSchemas: true) { database, session in
      try await session.createQueue("q")
      try await switchTwice(session)
      try await session.settle("q")
      let dump = try await QueueSession(database)
      try await dump.connection.execute(
        "begin isolation level repeatable read; select count(*) from pgq.event_template")
      let pid: Int = try await dump.value("select pg_backend_pid()")
      let table = try await session.currentTable("q")
      try await session.rotate("q")
      #expect(try await session.currentTable("q") == table)
      let found = try await blockers(session)
      #expect(found.map(\.kind) == ["slow lock"])
      #expect(found.map(\.pid) == [pid])
      #expect(found.first?.detail?.contains("AccessShareLock on pgq.event_") == true)
      try await dump.connection.execute("rollback")
      #expect(try await blockers(session) == [])
      await dump.connection.close()
    }
  }

  @Test func aQueueWithoutTicksIsNamed() async throws {
    try await QueueSession.withQuietServer(allSchemas: true) { _, session in
      try await session.createQueue("q")
      try await switchTwice(session)
      #expect(try await blockers(session).map(\.kind) == ["ticker"])
      try await session.connection.execute("select trunkline.set_queue('q', 'paused', 'on')")
      #expect(try await blockers(session).first?.detail?.contains("paused") == true)
      try await session.connection.execute("select trunkline.set_queue('q', 'paused', 'off')")
      try await session.settle("q")
      #expect(try await blockers(session) == [])
      // not due: nothing is held up
      try await session.connection.execute("select trunkline.set_queue('q', 'retention', '1 h')")
      #expect(try await blockers(session) == [])
    }
  }
}
