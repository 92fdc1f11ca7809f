import PostgresClient
import PostgresTesting
import Testing

/// `trunkline.send()`: what it writes, and whom it refuses.
@Suite struct SendTests {
  private static let fields = PostgresQuery(
    """
    select concat_ws('|', ev_id, coalesce(ev_type, '-'), coalesce(ev_data, '-'), coalesce(ev_extra3, '-'),
                     coalesce(ev_extra4, '-'), coalesce(ev_extra1, '-'), coalesce(ev_extra2, '-'))
    from pgq.event_template order by ev_id
    """)

  @Test func everyFormWritesItsFields() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      #expect(try await session.value("select trunkline.send('q', 'text')") == 1)
      #expect(
        try await session.value(
          "select trunkline.send('q', '{\"b\": 1}'::jsonb, type => 't', key => 'k', headers => '{\"h\": true}')") == 2)
      #expect(
        try await session.value(
          "select trunkline.send('q', array['a', null, 'c'], 'many', keys => array['x', null, 'z'])::text")
          == "{3,4,5}")
      #expect(
        try await session.value("select trunkline.send('q', array['{}', '[1]']::jsonb[])::text") == "{6,7}")
      #expect(try await session.value("select trunkline.send('q', '{}'::text[])::text") == "{}")
      #expect(
        try await session.values(Self.fields) == [
          "1|-|text|-|-|-|-", "2|t|{\"b\": 1}|{\"h\": true}|k|-|-", "3|many|a|-|x|-|-", "4|many|-|-|-|-|-",
          "5|many|c|-|z|-|-", "6|-|{}|-|-|-|-", "7|-|[1]|-|-|-|-",
        ])
      try await session.tick("q")
      let batch = try #require(try await session.nextBatch("q"))
      #expect(try await session.value("select count(*) from pgq.get_batch_events(\(batch))") == 7)
    }
  }

  @Test func wrongCallsAreRefusedWithTheReason() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let wrong: [(sql: String, state: SQLState)] = [
        ("select trunkline.send('nowhere', 'x')", .undefinedObject),
        ("select trunkline.send('nowhere', array['x'])", .undefinedObject),
        ("select trunkline.send(null, 'x')", "22004"),
        ("select trunkline.send('q', null::text[])", "22004"),
        ("select trunkline.send('q', array['x'], keys => array['a', 'b'])", "22023"),
        ("select trunkline.send('q', array['x'], dedup_keys => '{}')", "22023"),
        ("select trunkline.send('q', 'x', delay => '1 s', deliver_at => now())", "22023"),
        ("select trunkline.send('q', 'x', deliver_at => 'infinity')", "22023"),
        ("select trunkline.send('q', 'x', dedup_key => 'k', dedup_window => null)", "22004"),
      ]
      for (sql, state) in wrong {
        let error = await #expect(throws: PostgresError.self) { try await session.connection.execute(sql) }
        #expect(error?.sqlState == state, "\(sql): \(error?.description ?? "")")
      }
      #expect(try await session.value("select count(*) from pgq.event_template") == 0)
    }
  }

  @Test func settingsOfTheQueueAreObeyed() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("update pgq.queue set queue_per_tx_limit = 2")
      let one = "select trunkline.send('q', 'x')"
      #expect(
        try await session.failure("begin; \(one); \(one); \(one)") == "Queue 'q' allows max 2 events from one TX")
      try await session.connection.execute("rollback")
      #expect(
        try await session.failure("select trunkline.send('q', array['x', 'y', 'z'])")
          == "Queue 'q' allows max 2 events from one TX")
      // an event that was there already does not count
      #expect(
        try await session.failure("select trunkline.send('q', array['x', 'y', 'z'], dedup_keys => '{a, a, b}')") == nil)
      try await session.connection.execute(
        "update pgq.queue set queue_per_tx_limit = null, queue_disable_insert = true")
      for call in [one, "select trunkline.send('q', array['x'])", "select trunkline.send('q', 'x', delay => '1 h')"] {
        #expect(try await session.failure(call) == "Insert into queue disallowed")
      }
      try await session.connection.execute("set session_replication_role = replica")
      #expect(try await session.failure(one) == nil)
    }
  }

  @Test func onlyWhoMayProduceSends() async throws {
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      try await session.createQueue("other")
      let name = "sender_\(database.name)"
      try await session.connection.execute("create role \(name) login")
      let sender = try await QueueSession(database, user: name)
      let calls = [
        "select trunkline.send('q', 'x')", "select trunkline.send('q', array['x'])",
        "select trunkline.send('q', '1'::jsonb)", "select trunkline.send('q', 'x', delay => '1 h')",
        "select trunkline.cancel('q', 1)",
      ]
      for call in calls {
        #expect(try await sender.failure(call) == "permission denied for queue \"q\"", "\(call)")
      }
      try await session.connection.execute("select trunkline.grant_queue('q', '\(name)', 'produce')")
      for call in calls { #expect(try await sender.failure(call) == nil, "\(call)") }
      #expect(
        try await sender.failure("select trunkline.send('other', 'x')") == "permission denied for queue \"other\"")
      #expect(
        try await sender.failure("select * from trunkline.list_delayed('q')") == "permission denied for queue \"q\"")
      #expect(
        try await sender.failure("select * from trunkline.delayed_event")
          == "permission denied for table delayed_event")
      // the role that a session took on counts, not the one that it logged in as
      try await session.connection.execute("set role \(name)")
      #expect(
        try await session.failure("select trunkline.send('other', 'x')") == "permission denied for queue \"other\"")
      try await session.connection.execute("reset role; grant pgq_writer to \(name)")
      #expect(try await sender.failure("select trunkline.send('other', 'x')") == nil)
      await sender.connection.close()
      try await session.connection.execute("drop role \(name)")
    }
  }

  /// Events of tables that rotate are never updated or deleted, whatever feature is used.
  @Test func eventTablesHaveNoDeadRows() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      for number in 0..<20 {
        try await session.connection.query(
          """
          select trunkline.send('q', \("\(number)"), dedup_key => \("\(number % 7)")),
                 trunkline.send('q', array['a', 'b', 'a'], dedup_keys => array['a', 'b', null]),
                 trunkline.send('q', 'later', delay => '1 ms')
          """)
        try await session.connection.query("select pg_sleep(0.002)")
        try await session.connection.query("select pgq.maint_retry_events()")
        let (batch, event) = try await batchWithOneRetry(session)
        if let batch, let event {
          try await session.connection.query("select pgq.event_retry(\(batch), \(event), 0)")
          try await session.finish(batch)
        }
      }
      let tables: [String] = try await session.values(
        "select 'pgq.event_1_' || slot from generate_series(0, 2) slot")
      for table in tables { try await session.connection.execute("analyze \(table)") }
      #expect(try await session.value("select count(*) > 40 from pgq.event_template", as: Bool.self))
      #expect(
        try await session.value(
          """
          select sum(pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid)
                     + pg_stat_get_dead_tuples(c.oid))::int8
          from pg_class c where c.relname ~ '^event_1_[0-9]$'
          """) == 0)
      // Statistics may come late; the rows themselves tell whether somebody was at them.
      #expect(try await session.value("select bool_and(xmax = 0) from pgq.event_template", as: Bool.self))
    }
  }

  private func batchWithOneRetry(_ session: QueueSession) async throws -> (Int64?, Int64?) {
    try await session.tick("q")
    guard let batch = try await session.nextBatch("q") else { return (nil, nil) }
    let events: [Int64] = try await session.values("select ev_id from pgq.get_batch_events(\(batch)) limit 1")
    return (batch, events.first)
  }
}
