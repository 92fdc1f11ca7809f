import PostgresClient
import PostgresTesting
import Testing

/// Batches that are much larger than what is received at once.
@Suite struct GiantBatchTests {
  private func fill(_ session: QueueSession, _ count: Int) async throws {
    try await session.createQueue("q")
    try await session.connection.query(
      "select count(pgq.insert_event('q', 't', i::text)) from generate_series(1, \(count)) i")
    try await session.tick("q")
  }

  @Test func partsOfAGiantBatchAreReadOnce() async throws {
    try await QueueSession.with { _, session in
      try await fill(session, 150_000)
      try await session.connection.execute(
        """
        create procedure take(most int, inout n int) language plpgsql as $$
        declare one record;
        begin
          for i in 1 .. most loop
            select min(r.receipt) as receipt, count(*) as events, min(r.event_id) as low, max(r.event_id) as high into one
            from trunkline.receive('q', 'c', 1000) r;
            exit when one.events = 0;
            if one.low <> n + 1 or one.high - one.low + 1 <> one.events then raise exception 'part % after %', one, n; end if;
            n := one.high;
            perform trunkline.ack(one.receipt);
            commit;
          end loop;
        end $$
        """)
      #expect(try await session.value("call take(20, 0)", as: Int.self) == 20_000)
      // reading a part costs as much at the end as at the beginning: it touches its events, not the batch
      try await session.connection.execute("set track_functions = 'none'")
      let plan = try await session.values(
        "explain (analyze, buffers, costs off, timing off, summary off) select * from trunkline.receive('q', 'c', 1000)",
        as: String.self
      ).joined(separator: "\n")
      let buffers = try #require(plan.firstMatch(of: #/shared hit=(\d+)(?: read=(\d+))?/#))
      let touched = (Int(buffers.1) ?? 0) + (Int(buffers.2 ?? "0") ?? 0)
      #expect(touched < 20_000 / 4, "\(plan)")
      #expect(try await session.value("call take(1000, 20000)", as: Int.self) == 150_000)
      #expect(try await session.value("select count(*)::int from trunkline.batch_part", as: Int.self) == 0)
    }
  }

  @Test func partsGoOnAfterACrashARewriteAndALostMap() async throws {
    try await QueueSession.with { database, session in
      try await fill(session, 12_000)
      var all: [String] = []
      for step in 0..<12 {
        let own = try await QueueSession(database)
        let received = try #require(try await own.receive(1000))
        switch step {
        case 2: break  // dies before the acknowledgement
        case 4: try await session.connection.execute("vacuum full pgq.event_1_0")
        case 6: try await session.connection.execute("truncate trunkline.batch_part")
        default: break
        }
        if step != 2 {
          all += received.payloads
          try await own.ack(received)
        }
        await own.connection.close()
      }
      all += try await session.receiveAll(1000)
      #expect(all == (1...12_000).map(String.init))
    }
  }

  @Test func aLongTransactionOfManyEventsIsTakenInParts() async throws {
    // its events are counted before the last tick, so nothing announces the size of the batch
    try await QueueSession.with { database, session in
      try await session.createQueue("q")
      let writer = try await QueueSession(database)
      try await writer.connection.execute("begin")
      try await writer.connection.execute(
        "select count(pgq.insert_event('q', 't', i::text)) from generate_series(1, 5000) i")
      try await session.tick("q")
      #expect(try await session.receive() == nil)
      try await writer.connection.execute("commit")
      try await session.tick("q")
      let first = try #require(try await session.receive(100))
      #expect(try await session.value("select mapped from trunkline.delivery", as: Bool.self))
      try await session.ack(first)
      let rest = try await session.receiveAll(700)
      #expect(first.payloads + rest == (1...5000).map(String.init))
      await writer.connection.close()
    }
  }

  @Test func failuresInAMappedBatch() async throws {
    try await QueueSession.with { _, session in
      try await fill(session, 5000)
      let received = try #require(try await session.receive(1500))
      let failed = [0, 700, 1000, 1499]
      for index in failed { #expect(try await session.nack(received, received.events[index].id) == "retry") }
      #expect(try await session.ack(received) == 1496)
      let rest = try await session.receiveAll(1500)
      #expect(rest == (1501...5000).map(String.init))
      try await session.retryNow()
      #expect(try await session.receiveAll() == failed.map { String($0 + 1) })
    }
  }

  @Test func eventTablesHaveNoDeadTuples() async throws {
    try await QueueSession.with { _, session in
      try await fill(session, 3000)
      let received = try #require(try await session.receive(100))
      try await session.nack(received, received.events[3].id)
      try await session.ack(received)
      _ = try await session.receiveAll(500)
      try await session.retryNow()
      _ = try await session.receiveAll(500)
      let changes: Int = try await session.value(
        """
        select sum(pg_stat_get_xact_tuples_updated(inhrelid) + pg_stat_get_xact_tuples_deleted(inhrelid)
                   + pg_stat_get_tuples_updated(inhrelid) + pg_stat_get_tuples_deleted(inhrelid))::int
        from pg_inherits where inhparent = 'pgq.event_1'::regclass
        """)
      #expect(changes == 0)
    }
  }
}
