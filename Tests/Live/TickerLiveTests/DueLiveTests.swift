import PostgresClient
import PostgresTesting
import QueueTicker
import Testing

/// How precisely delayed events and retries come.
@Suite struct DueLiveTests {
  /// Everything that is not announced would come after a minute.
  private func settings(_ database: TestDatabase, staysAwake: Bool = false) -> TickerSettings {
    var settings = TickerSettings.impatient(database)
    settings.retryPeriod = .seconds(60)
    settings.staysAwake = staysAwake
    return settings
  }

  private func isListening(_ queue: TestQueue) async throws -> Bool {
    try await queue.value("select last_value > 1 from trunkline.due_wake_seq")
  }

  private func send(_ data: String, delay: String, _ queue: TestQueue) async throws {
    try await queue.connection.query("select trunkline.send(\(queue.name), \(data), delay => \(delay)::interval)")
  }

  @Test func delayedEventsComeInTimeAndInTheirOrder() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(settings(database)) { service in
        try await pollUntil("the ticker to listen") { try await isListening(queue) }
        try await send("3", delay: "600 ms", queue)
        try await send("2", delay: "300 ms", queue)
        try await send("1", delay: "50 ms", queue)
        let start = ContinuousClock.now
        var seen: [String] = []
        var arrivals: [Duration] = []
        try await pollUntil("all events", interval: .milliseconds(2)) {
          for data in try await queue.consume() {
            seen.append(data)
            arrivals.append(ContinuousClock.now - start)
          }
          return seen.count >= 3
        }
        #expect(seen == ["1", "2", "3"])
        for (arrival, delay) in zip(arrivals, [50, 300, 600]) {
          // The machine may be busy; without announcements it would be a minute.
          #expect(arrival > .milliseconds(delay - 60) && arrival < .seconds(20), "\(arrivals)")
        }
        try await pollUntil("all to be counted") { service.status.counts.delayed == 3 }
      }
      #expect(try await !isListening(queue))
    }
  }

  @Test func retriesComeInTime() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(settings(database)) { service in
        try await pollUntil("the ticker to listen") { try await isListening(queue) }
        try await queue.insert("again")
        var batch: Int64?
        try await pollUntil("a batch with the event") {
          batch = try await queue.value("select pgq.next_batch('q', 'c')", as: Int64?.self)
          guard let batch else { return false }
          let retried = try await queue.connection.query(
            "select pgq.event_retry(\(batch), ev_id, 1) from pgq.get_batch_events(\(batch))")
          try await queue.connection.query("select pgq.finish_batch(\(batch))")
          return !retried.isEmpty
        }
        try await queue.expect(["again"])
        try await pollUntil("it to be counted") { service.status.counts.retries == 1 }
      }
    }
  }

  /// What nobody announces is found by the regular look.
  @Test func whatIsNotAnnouncedIsFound() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(.impatient(database)) { _ in
        try await pollUntil("the ticker to listen") { try await isListening(queue) }
        try await queue.connection.execute(
          """
          select setval('trunkline.due_wake_seq', 1);
          select trunkline.send('q', 'quiet', delay => '30 ms')
          """)
        try await queue.expect(["quiet"])
      }
    }
  }

  /// An announcement would make PREPARE TRANSACTION fail.
  @Test func aTickerThatStaysAwakeLetsProducersPrepare() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(settings(database, staysAwake: true)) { _ in
        try await pollUntil("the ticker to be at work") {
          try await queue.value(
            """
            select exists (select 1 from pg_stat_activity
                           where application_name = 'trunkline ticker due' and datname = current_database())
            """)
        }
        try await queue.connection.execute("begin; select trunkline.send('q', 'x', delay => '20 ms')")
        try await queue.connection.execute("prepare transaction '\(database.name)'")
        try await queue.connection.execute("commit prepared '\(database.name)'")
        try await queue.expect(["x"])
      }
    }
  }

  /// Events of many transactions at once, while a consumer asks for retries of all of them.
  @Test func manyDelayedEventsAndRetriesAllArrive() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(settings(database)) { _ in
        try await pollUntil("the ticker to listen") { try await isListening(queue) }
        for round in 0..<30 {
          try await queue.connection.query(
            """
            select trunkline.send('q', array_agg((\(round) * 100 + n)::text), delay => \("\(round * 10) ms")::interval)
            from generate_series(0, 99) n
            """)
        }
        var seen: [String: Int] = [:]
        try await pollUntil("every event twice") {
          while let batch = try await queue.value("select pgq.next_batch('q', 'c')", as: Int64?.self) {
            let rows = try await queue.connection.query(
              """
              select ev_data, case when ev_retry is null and ev_data::int % 10 = 0 then pgq.event_retry(\(batch), ev_id, 0) end
              from pgq.get_batch_events(\(batch))
              """)
            for row in rows { seen[try row.decode(0), default: 0] += 1 }
            try await queue.connection.query("select pgq.finish_batch(\(batch))")
          }
          return seen.values.reduce(0, +) >= 3300
        }
        #expect(seen.count == 3000)
        #expect(seen.allSatisfy { $0.value == ((Int($0.key) ?? 1) % 10 == 0 ? 2 : 1) })
      }
    }
  }
}
