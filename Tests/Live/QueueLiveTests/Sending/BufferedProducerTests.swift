import EventQueue
import Logging
import PostgresClient
import PostgresTesting
import ServiceLifecycle
import Testing

/// Sending from many tasks through one buffer.
@Suite struct BufferedProducerTests {
  private static var silent: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }

  /// Runs a producer in a service group, as a program does, and shuts it down after `body`.
  private func with<Value: Sendable>(
    _ database: PostgresConfiguration, limits: SendLimits = SendLimits(),
    _ body: @Sendable (BufferedProducer) async throws -> Value
  ) async throws -> Value {
    let producer = BufferedProducer(
      Producer(queue: "q"), database: database, limits: limits, logger: Self.silent)
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: producer)], logger: Self.silent))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      let value: Value
      do {
        value = try await body(producer)
      } catch {
        await group.triggerGracefulShutdown()
        throw error
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      return value
    }
  }

  @Test func manyTasksShareTransactionsAndGetTheirIDs() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let ids = try await with(PostgresConfiguration(database.connectionString)) { producer in
        try await withThrowingTaskGroup(of: (String, Int64).self) { group in
          for number in 0..<500 {
            group.addTask { ("\(number)", try await producer.send(OutgoingEvent(payload: "\(number)"))) }
          }
          var ids: [String: Int64] = [:]
          for try await (data, id) in group { ids[data] = id }
          return ids
        }
      }
      let rows = try await session.connection.query("select ev_data, ev_id from pgq.event_template")
      #expect(rows.count == 500)
      for row in rows {
        let (data, id) = try row.decode(String.self, Int64.self)
        #expect(ids[data] == id)
      }
      #expect(try await session.value("select count(distinct ev_txid) < 250 from pgq.event_template", as: Bool.self))
    }
  }

  @Test func shutdownSendsWhatIsLeftAndTakesNoMore() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let limits = SendLimits(batchEvents: 50, longestWait: .seconds(3600))
      let (producer, pending) = try await with(PostgresConfiguration(database.connectionString), limits: limits) {
        producer in
        var pending: [PendingEvent] = []
        for number in 0..<120 { pending.append(try await producer.submit(OutgoingEvent(payload: "\(number)"))) }
        return (producer, pending)
      }
      var ids: [Int64] = []
      for one in pending { ids.append(try await one.id) }
      #expect(try await session.values("select ev_id from pgq.event_template order by 1") == ids)
      #expect(ids.count == 120)
      await #expect(throws: ProducerClosed.self) { try await producer.submit(OutgoingEvent(payload: "late")) }
    }
  }

  /// One event that the server refuses fails alone.
  @Test func aRefusedEventFailsAlone() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.connection.execute("alter table pgq.event_1_0 add check (ev_data <> 'bad')")
      let limits = SendLimits(longestWait: .milliseconds(200))
      try await with(PostgresConfiguration(database.connectionString), limits: limits) { producer in
        var pending: [PendingEvent] = []
        for data in ["good", "bad", "better"] {
          pending.append(try await producer.submit(OutgoingEvent(payload: data)))
        }
        _ = try await pending[0].id
        _ = try await pending[2].id
        let failure = await #expect(throws: SendFailure.self) { try await pending[1].id }
        #expect(failure?.event.payload == "bad" && failure?.mayHaveBeenSent == false)
      }
      #expect(try await session.values("select ev_data from pgq.event_template order by 1") == ["better", "good"])
    }
  }

  /// The buffer holds no more than it may while the database stands still.
  @Test func aFullBufferMakesProducersWait() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let blocker = try await QueueSession(database)
      try await blocker.connection.execute("begin; lock table pgq.event_1_0 in share mode")
      let limits = SendLimits(bufferedEvents: 10, batchEvents: 4)
      try await with(PostgresConfiguration(database.connectionString), limits: limits) { producer in
        let accepted = Counter()
        async let all: Void = {
          for number in 0..<40 {
            try await producer.submit(OutgoingEvent(payload: "\(number)"))
            await accepted.increment()
          }
        }()
        try await pollUntil("the buffer to be full") { await accepted.count == 10 }
        try await pollUntil("the statement to wait") {
          try await session.value(
            "select exists (select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())"
          )
        }
        #expect(await accepted.count == 10)
        // who gives up waiting leaves the place to others
        let impatient = Task { try await producer.submit(OutgoingEvent(payload: "never")) }
        impatient.cancel()
        await #expect(throws: CancellationError.self) { try await impatient.value }
        try await blocker.connection.execute("commit")
        try await all
      }
      #expect(
        try await session.values("select ev_data from pgq.event_template order by ev_id") == (0..<40).map { "\($0)" })
      await blocker.connection.close()
    }
  }

  /// The connection is lost while a batch waits: each event without a key fails for its own caller, those with a key are
  /// sent again.
  @Test func aLostConnectionIsReportedToEveryCaller() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let blocker = try await QueueSession(database)
      for hasKeys in [false, true] {
        try await blocker.connection.execute("begin; lock table pgq.event_1_0 in share mode")
        try await with(PostgresConfiguration(database.connectionString)) { producer in
          var pending: [PendingEvent] = []
          for number in 0..<5 {
            pending.append(
              try await producer.submit(
                OutgoingEvent(payload: "\(number)", deduplication: hasKeys ? .init(key: "\(number)") : nil)))
          }
          try await pollUntil("the connection to be cut") {
            try await session.value(
              """
              select count(pg_terminate_backend(pid)) > 0 from pg_stat_activity
              where wait_event_type = 'Lock' and datname = current_database()
              """)
          }
          try await blocker.connection.execute("commit")
          for one in pending {
            if hasKeys {
              _ = try await one.id
            } else {
              let failure = await #expect(throws: SendFailure.self) { try await one.id }
              #expect(failure?.event == one.event)
            }
          }
        }
      }
      #expect(
        try await session.values("select ev_data from pgq.event_template order by 1") == (0..<5).map { "\($0)" })
      await blocker.connection.close()
    }
  }

  @Test func withoutADatabaseEventsComeBack() async throws {
    let nowhere = PostgresConfiguration("host=/nonexistent dbname=x")
    try await with(nowhere, limits: SendLimits(patience: .milliseconds(50))) { producer in
      for _ in 0..<2 {
        let failure = await #expect(throws: SendFailure.self) { try await producer.send(OutgoingEvent(payload: "x")) }
        #expect(failure?.mayHaveBeenSent == false)
      }
    }
  }
}

private actor Counter {
  private(set) var count = 0
  func increment() { count += 1 }
}
