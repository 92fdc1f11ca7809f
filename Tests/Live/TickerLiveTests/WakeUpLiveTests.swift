import PostgresClient
import PostgresTesting
import QueueTicker
import Testing

/// How producers wake a sleeping ticker.
@Suite struct WakeUpLiveTests {
  @Test func producersNotifyOnlyASleepingTicker() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await queue.connection.listen("trunkline_ticker")
      try await queue.connection.query("select setval('pgq.ticker_sleep_seq', 1)")
      try await queue.insert("a")
      #expect(try await queue.connection.waitForNotification(timeout: .zero) == nil)
      try await queue.connection.query("select setval('pgq.ticker_sleep_seq', 2)")
      try await queue.insert("b")
      #expect(try await queue.connection.waitForNotification(timeout: .seconds(30))?.payload == "q")
    }
  }

  @Test func sleepsWhenIdleAndWakesForABurst() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(.impatient(database)) { _ in
        try await pollUntil("the ticker to sleep") { try await !queue.isTickerAwake() }
        var count = 0
        try await pollUntil("the ticker to wake up", interval: .milliseconds(1)) {
          try await queue.insert("\(count)")
          count += 1
          return try await queue.isTickerAwake()
        }
        try await pollUntil("the ticker to sleep") { try await !queue.isTickerAwake() }
        try await queue.expect((0..<count).map(String.init))
      }
      #expect(try await queue.isTickerAwake())
    }
  }

  /// A producer that looked just before the ticker fell asleep, and draws its event id only afterwards, does not notify.
  @Test func aProducerThatSawItAwakeIsNoticed() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      let other = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
      try await other.execute("begin; select txid_current()")
      try await withTicker(.impatient(database)) { _ in
        try await pollUntil("the ticker to sleep") { try await !queue.isTickerAwake() }
        try await other.execute(
          """
          insert into pgq.event_template (ev_id, ev_time, ev_queue, ev_slot, ev_type, ev_data)
          select nextval(queue_event_seq), now(), queue_id, queue_cur_table, 't', 'silent' from pgq.queue;
          commit
          """)
        try await queue.expect(["silent"])
      }
    }
  }

  @Test func forceTickWorks() async throws {
    try await withDatabase { database in
      let queue = try await TestQueue.create(on: database)
      try await withTicker(.impatient(database)) { _ in
        try await pollUntil("the ticker to sleep") { try await !queue.isTickerAwake() }
        let before = try await queue.value("select pgq.force_tick('q')", as: Int64.self)
        try await pollUntil("a tick") { try await queue.lastTick() > before }
      }
    }
  }
}
