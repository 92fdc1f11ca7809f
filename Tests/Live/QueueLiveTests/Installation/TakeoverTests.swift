import PostgresClient
import PostgresTesting
import Testing

@Suite(.originalExtension) struct TakeoverTests {
  /// Everything that the original keeps of its queues.
  private static let state: [PostgresQuery] = [
    "select q::text from pgq.queue q order by q",
    "select t::text from pgq.tick t order by tick_queue, tick_id",
    """
    select (sub_id, sub_queue, sub_consumer, sub_last_tick, sub_active, sub_batch, sub_next_tick)::text
    from pgq.subscription order by sub_queue, sub_consumer
    """,
    "select r::text from pgq.retry_queue r order by r",
    "select c::text from pgq.consumer c order by c",
    """
    select format('%s %s %s %s %s %s %s %s', tableoid::regclass, ev_id, ev_time, ev_txid, ev_owner, ev_retry, ev_type, ev_data)
    from pgq.event_template order by 1
    """,
    """
    select e::text
    from pgq.get_batch_events((select sub_batch from pgq.subscription where sub_batch is not null)) e
    """,
  ]

  private func state(_ session: QueueSession) async throws -> [[String]] {
    var state: [[String]] = []
    for query in Self.state { state.append(try await session.values(query)) }
    return state
  }

  @Test func everythingIsKept() async throws {
    try await withDatabase(schemas: false) { database in
      try await OriginalPgQ.createExtension(in: database)
      let session = try await QueueSession(database)
      try await fill(session)
      let before = try await state(session)

      for _ in 0..<2 {
        try await Schema.install(into: database)
        let after = try await state(session)
        #expect(after == before)
      }
      #expect(try await session.value("select count(*) from pg_extension where extname = 'pgq'") == 0)
      #expect(
        try await session.value(
          """
          select count(*) from pg_proc p join pg_language l on l.oid = p.prolang
          where p.pronamespace = 'pgq'::regnamespace and l.lanname = 'c'
          """) == 0)
      try await goOn(session)
    }
  }

  /// Queues, consumers, a rotated queue, an open batch, waiting and due retries, events without a tick, a trigger.
  private func fill(_ session: QueueSession) async throws {
    let connection = session.connection
    func force(_ queue: String) async throws {
      try await connection.execute("select pgq.force_tick('\(queue)')")
      try await connection.execute("select pgq.ticker('\(queue)')")
    }
    try await connection.execute(
      """
      select pgq.create_queue('gone'); select pgq.drop_queue('gone'); select pgq.create_queue('q'); select pgq.create_queue('r');
      update pgq.queue set queue_rotation_period = '0';
      select pgq.register_consumer('q', 'c'), pgq.register_consumer('q', 'd'), pgq.register_consumer('r', 'c');
      """)
    try await connection.execute(
      """
      create table item (id int primary key, v text);
      create trigger t after insert or update or delete on item for each row execute function pgq.logutriga('q');
      insert into item select i, 'v' || i from generate_series(1, 20) i;
      """)
    try await force("q")
    let batch = try #require(try await session.nextBatch("q"))
    try await connection.execute("select pgq.event_retry(\(batch), 3, 0), pgq.event_retry(\(batch), 5, 3600)")
    try await session.finish(batch)
    try await connection.execute("update item set v = 'x'")
    try await force("q")
    for _ in 0..<2 {
      for queue in ["q", "r"] { try await connection.execute("select pgq.maint_rotate_tables_step1('\(queue)')") }
      try await connection.execute("select pgq.maint_rotate_tables_step2()")
      try await force("r")
    }
    _ = try #require(try await session.nextBatch("q"))
    try await connection.execute("delete from item where id < 5")
    try await connection.execute("select pgq.insert_event('r', 't', 'without tick')")
  }

  private func goOn(_ session: QueueSession) async throws {
    try await session.connection.execute("insert into item values (100, 'after')")
    #expect(try await session.value("select pgq.maint_retry_events()") == 1)
    for queue in ["q", "r"] { try await session.tick(queue) }
    let ofC = try await session.drain("q")
    #expect(ofC.count == 26)
    #expect(ofC.filter { $0 == "id=3&v=v3" }.count == 1)
    #expect(ofC.contains("id=100&v=after"))
    #expect(try await session.drain("q", "d").count == 45)
    #expect(try await session.drain("r") == ["without tick"])
    for queue in ["q", "r"] {
      let table = try await session.currentTable(queue)
      for consumer in queue == "q" ? ["c", "d"] : ["c"] { try await session.settle(queue, consumer) }
      try await pollUntil("the table of \(queue) to be switched") {
        try await session.tick(queue)
        for consumer in queue == "q" ? ["c", "d"] : ["c"] { _ = try await session.drain(queue, consumer) }
        try await session.rotate(queue)
        return try await session.currentTable(queue) != table
      }
      try await session.connection.execute("select pgq.drop_queue('\(queue)', true)")
    }
  }

  @Test func onlyTheOwnerOfTheExtensionMayTakeItOver() async throws {
    try await PrivateCluster.with { cluster in
      try await PostgresTools(cluster: cluster).psql("create role owner login;")
      let database = try await cluster.createDatabase(owner: "owner")
      try await OriginalPgQ.createExtension(in: database)
      let failure = await #expect(throws: Schema.InstallationFailed.self) {
        try await Schema.install(into: database, user: "owner")
      }
      let message = "extension pgq belongs to postgres and cannot be taken over by owner"
      #expect(failure?.message.contains(message) == true)
      #expect(try await database.psql("select count(*) from pg_extension where extname = 'pgq';") == "1")
    }
  }
}
