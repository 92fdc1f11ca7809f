import PostgresClient
import PostgresTesting
import Testing

@Suite struct EvictionTests {
  @Test func whatWasSkippedIsRememberedAndToldToTheConsumer() async throws {
    try await QueueSession.with { database, session in
      try await session.stalledConsumer()
      let batch = try #require(try await session.nextBatch("q"))
      try await session.connection.query(
        "select pgq.event_retry(\(batch), (select min(ev_id) from pgq.get_batch_events(\(batch))), 3600)")
      try await session.checkLimits()
      #expect(try await session.consumers() == [])
      let row = try await session.value(
        "select (last_tick, end_tick, events_estimate)::text from trunkline.eviction where queue = 'q' and consumer = 'c'",
        as: String.self)
      #expect(row == "(1,2,101)")
      for call in [
        "pgq.next_batch('q', 'c')", "pgq.register_consumer('q', 'c')", "trunkline.attach_consumer('q', 'c', 'x')",
        "trunkline.open_batch('q', 'c', 1, 10)", "trunkline.close_batch('q', 'c', 1, \(batch))",
        "trunkline.retry_event('q', 'c', 1, \(batch), 1, 0)", "trunkline.read_batch('q', 'c', 1, \(batch))",
        "trunkline.seek_consumer('q', 'c', 1, 1)", "trunkline.register('q', 'c')",
        "trunkline.attach_member('q', 'c', 'm', 'x')", "pgq_coop.next_batch('q', 'c', 'm')",
        "trunkline.get_consumer_settings('q', 'c')",
      ] {
        #expect(try await session.refusal("select \(call)") == "55000", "\(call)")
      }
      let output = try await database.tools().tryPsql("select pgq.next_batch('q', 'c')")
      #expect(output.standardError.contains("misses about 101 events, from tick 1"))
      #expect(output.standardError.contains("trunkline consumer register q c --from latest"))
      #expect(try await session.consumers() == [])
    }
  }

  @Test(arguments: ["latest", "earliest", "2"]) func itComesBackWithItsOwnerAndItsLimits(_ start: String) async throws {
    try await RightsFixture.with { fixture in
      let session = fixture.admin
      try await fixture.asAlice.connection.execute("select trunkline.register('q', 'c')")
      try await session.limit("max_bytes", "20000")
      try await fixture.asAlice.connection.execute("select trunkline.set_consumer('q', 'c', 'max_attempts', '3')")
      try await session.backlog(events: 100)
      try await session.checkLimits()
      #expect(try await fixture.asBob.refusal("select trunkline.register('q', 'c', 'latest')") == "42501")
      #expect(try await fixture.asBob.refusal("select trunkline.unregister('q', 'c')") == "42501")
      #expect(try await fixture.asAlice.value("select trunkline.register('q', 'c', \(start))", as: Int.self) == 1)
      let settings = try await session.values(
        "select setting || '=' || value from trunkline.get_consumer_settings('q', 'c') where not is_default",
        as: String.self)
      #expect(settings == ["max_attempts=3", "max_bytes=20000", "on_limit=evict", "owner=\(fixture.alice)"])
      #expect(try await session.value("select count(*)::int from trunkline.eviction", as: Int.self) == 0)
      #expect(try await session.drain("q").count == (start == "earliest" ? 100 : 0))
    }
  }

  @Test func thePlainInterfaceBringsItBackOnlyToAPositionThatIsNamed() async throws {
    try await QueueSession.with { _, session in
      try await session.stalledConsumer()
      try await session.checkLimits()
      #expect(try await session.refusal("select pgq.register_consumer('q', 'c')") == "55000")
      #expect(try await session.value("select pgq.register_consumer_at('q', 'c', 1)", as: Int.self) == 1)
      #expect(try await session.drain("q").count == 100)
    }
  }

  @Test func withinItsLimitsAConsumerIsNeverTouched() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: ["c", "other"])
      try await session.limit("max_bytes", "200000")
      try await session.limit("max_age", "1 hour")
      // the table has more than the limit, but what waits for c is less
      try await session.backlog(events: 1000)
      _ = try await session.drain("q")
      try await session.backlog(events: 100)
      try await session.checkLimits()
      #expect(try await session.consumers() == ["c", "other"])
      #expect(try await session.warnings() == [])
      try await session.connection.execute("update pgq.tick set tick_time = now() - interval '59 minutes'")
      try await session.checkLimits()
      // one that has caught up after it was looked at: the look under the lock counts
      #expect(
        try await session.value("select trunkline._evict('q', 'c', null)", as: String?.self)?
          .contains("within its limits") == true)
      #expect(try await session.consumers() == ["c", "other"])
      try await session.connection.execute("update pgq.tick set tick_time = now() - interval '61 minutes'")
      try await session.checkLimits()
      #expect(try await session.consumers() == ["other"])
      let reason: String = try await session.value("select reason from trunkline.eviction")
      #expect(reason.contains("max_age") && !reason.contains("max_bytes"))
    }
  }

  @Test func withoutEvictionItIsWarnedOfUntilItHasCaughtUp() async throws {
    try await QueueSession.with { database, session in
      try await session.stalledConsumer(onLimit: "warn")
      let check = "select trunkline.maint_consumer_limits()"
      #expect(try await database.tools().tryPsql(check).standardError.contains("is beyond its limits"))
      // once an hour, and not with each round of maintenance
      #expect(try await database.tools().tryPsql(check).standardError == "")
      try await session.connection.execute(
        "update trunkline.limit_warning set warned_at = now() - interval '61 minutes'")
      #expect(try await database.tools().tryPsql(check).standardError.contains("is beyond its limits"))
      #expect(try await session.warnings().count == 1)
      #expect(try await session.drain("q").count == 100)
      try await session.checkLimits()
      #expect(try await session.warnings() == [])
      #expect(try await session.consumers() == ["c"])
    }
  }

  @Test func limitsOfTheQueueAreForConsumersThatHaveNone() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q", consumers: ["c", "own", ".node.watermark"])
      try await session.connection.execute(
        """
        select trunkline.set_queue('q', 'consumer_max_bytes', '20000'), trunkline.set_queue('q', 'consumer_on_limit', 'evict');
        select trunkline.set_consumer('q', 'own', 'max_bytes', '1000000000')
        """)
      try await session.backlog(events: 100)
      try await session.checkLimits()
      #expect(try await session.consumers() == [".node.watermark", "own"])
      #expect(try await session.warnings().first?.contains("stands for other nodes") == true)
    }
  }

  @Test func theTickerRunsItOnlyWhereThereAreLimits() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      let first = PostgresQuery("select func_name from pgq.maint_operations() limit 1")
      #expect(try await session.value(first, as: String.self) != "trunkline.maint_consumer_limits")
      try await session.limit("max_age", "1 day")
      #expect(try await session.value(first, as: String.self) == "trunkline.maint_consumer_limits")
    }
  }

  @Test func lanesAreEvictedAndComeBackTogether() async throws {
    try await QueueSession.with { _, session in
      try await session.createQueue("q")
      try await session.connection.execute("select trunkline.set_consumer('q', 'c', 'lanes', '3')")
      try await session.limit("max_bytes", "20000")
      try await session.connection.execute(
        "select trunkline.send('q', repeat('x', 1000), key => 'k') from generate_series(1, 50)")
      try await session.tick("q")
      // one event of the key failed and waits; those behind it are parked
      try await session.connection.execute(
        "select trunkline.nack(receipt, event_id, 'no', '1 hour') from trunkline.receive('q', 'c', 1)")
      #expect(try await session.value("select count(*) > 0 from trunkline.parked_event", as: Bool.self))
      try await session.checkLimits()
      #expect(try await session.consumers() == [])
      #expect(try await session.value("select count(*)::int from trunkline.parked_event", as: Int.self) == 0)
      let missed: Int = try await session.value("select events_estimate::int from trunkline.eviction")
      #expect(missed > 50)
      #expect(try await session.refusal("select trunkline.receive('q', 'c', 10)") == "55000")
      try await session.connection.execute(
        "set client_min_messages = error; select trunkline.register('q', 'c', 'earliest')")
      #expect(try await session.consumers() == ["c", "c.lane-1", "c.lane-2"])
    }
  }

  @Test func aNewQueueOfThatNameKnowsNothingOfIt() async throws {
    try await QueueSession.with { _, session in
      try await session.stalledConsumer()
      try await session.checkLimits()
      try await session.connection.execute("select pgq.drop_queue('q'), pgq.create_queue('q')")
      #expect(try await session.value("select trunkline.register('q', 'c')", as: Int.self) == 1)
    }
  }

  @Test func evictedByHand() async throws {
    try await RightsFixture.with { fixture in
      _ = try await fixture.aliceWorks()
      #expect(try await fixture.asAlice.refusal("select trunkline.evict_consumer('q', 'a')") == "42501")
      try await fixture.admin.connection.execute("select trunkline.evict_consumer('q', 'a', 'too loud')")
      #expect(try await fixture.asAlice.refusal("select trunkline.open_batch('q', 'a', 1, 10)") == "55000")
      #expect(try await fixture.admin.value("select reason from trunkline.eviction", as: String.self) == "too loud")
      // dismissed, it is a stranger
      #expect(try await fixture.asAlice.refusal("select trunkline.unregister('q', 'a')") == nil)
      #expect(try await fixture.asAlice.refusal("select trunkline.open_batch('q', 'a', 1, 10)") == "42704")
    }
  }
}
