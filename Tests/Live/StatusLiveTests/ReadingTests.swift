import Logging
import PostgresClient
import PostgresTesting
import SchemaInstaller
import StatusModel
import Testing

/// Installs all schemas.
func installSchemas(on connection: PostgresConnection) async throws {
  try await SchemaInstaller().install(on: connection)
}

/// What a snapshot holds, and what it says it could not see.
@Suite struct ReadingTests {
  @Test func numbersAreThoseOfTheDatabase() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      try await database.psql(
        """
        select pgq.insert_event('q', 't', 'x') from generate_series(1, 10);
        update pgq.tick set tick_time = now() - interval '1 minute';
        select pgq.ticker('q');
        select pgq.insert_event('q', 't', 'x') from generate_series(1, 3);
        select pgq_coop.register_subconsumer('q', 'g', 'm1');
        select pgq_coop.register_subconsumer('q', 'g', 'm2');
        select pgq.next_batch('q', 'c');
        """)
      let snapshot = try await look(database, depth: .quick)
      #expect(snapshot.unseen == [])
      #expect(snapshot.schemas.allSatisfy { $0.state == .current } && snapshot.schemas.count >= 4)
      let queue = try #require(snapshot.queue("q"))
      #expect(queue.newEvents == 3 && queue.rotationPeriod == 7200 && queue.tables.count == 3)
      #expect(queue.bytes > 0)
      #expect(snapshot.consumers.map(\.name) == ["c", "g"])
      let consumer = try #require(snapshot.consumers.first)
      #expect(consumer.pendingEvents == 13 && consumer.batch != nil && consumer.retainedBytes > 0)
      #expect(snapshot.consumers.last?.members.map(\.name).sorted() == ["m1", "m2"])
      #expect(abs(snapshot.server.clockDifference) < 5)
    }
  }

  @Test func nodesAreSeen() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      try await database.psql(
        """
        select pgq_node.register_location('n', 'root', 'dbname=root', false), pgq_node.register_location('n', 'low', 'x', false);
        select pgq_node.create_node('n', 'root', 'root', 'w', null, null, null), pgq_node.register_subscriber('n', 'low', 'wl', null);
        select pgq_node.register_location('n', 'low', 'x', true), pgq_node.set_consumer_error('n', 'w', 'no way');
        select pgq.register_consumer('n', 'old.gravestone'), pgq_node.set_consumer_paused('n', 'w', true);
        create table t (id int primary key);
        select londiste.local_add_table('n', 't'), londiste.local_set_table_state('n', 't', null, 'in-copy');
        insert into trunkline.set_copy (queue_name, table_name, dest_name, node_name, origin_id, consumer_name, error)
        values ('n', 'public.t', 'public.t', 'root', gen_random_uuid(), 'c', 'no room');
        """)
      let snapshot = try await look(database, depth: .quick)
      let node = try #require(snapshot.nodes.first)
      #expect(snapshot.unseen == [] && snapshot.nodes.count == 1)
      #expect(node.name == "root" && node.type == "root" && node.provider == "root" && !node.refusesInserts)
      #expect(node.isPaused && !node.isUpToDate && node.error == "no way")
      #expect(node.deadSubscribers == ["low"] && node.gravestones == ["old"])
      #expect(node.unfinishedTables == ["public.t (in-copy)"] && node.copyErrors == ["public.t: no room"])
    }
  }

  @Test func theTickerIsSeen() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      #expect(try await !look(database, depth: .quick).ticker.isPresent)
      let ticker = try TrunklineProgram.command(["ticker", "--db", database.connectionString]).start()
      try await pollUntil("the ticker") { try await look(database, depth: .quick).ticker.trunkline.count == 1 }
      try await pollUntil("its sleep") { try await look(database, depth: .quick).ticker.isAsleep }
      let pgqd = try await PostgresConnection.connect(
        PostgresConfiguration(database.connectionString, applicationName: "pgqd"))
      try await pgqd.query("select pgq.ticker()")
      let both = try await look(database)
      #expect(both.ticker.others.count == 1)
      #expect(findings("two tickers", both).map(\.severity) == [.notice])
      await pgqd.close()
      try await ticker.terminate()
    }
  }

  /// A role with no rights but those that everybody has.
  @Test func aRoleThatMayReadLittleSeesLittleAndIsTold() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      let role = "watcher_\(database.name)"
      try await database.psql("create role \(role) login;")
      let snapshot = try await look(database, user: role)
      #expect(snapshot.queues.map(\.name) == ["q"] && snapshot.consumers.map(\.name) == ["c"])
      #expect(snapshot.unseen.contains { $0.hasPrefix("trunkline.position: role \(role)") })
      #expect(snapshot.unseen.contains { $0.contains("grant pg_read_all_stats to \"\(role)\"") })
      let unchecked = Diagnosis(snapshot).impossible.map(\.name)
      #expect(unchecked.contains("replication") && unchecked.contains("long transaction"))

      try await database.psql("revoke select on pgq.subscription from public, pgq_reader, pgq_admin;")
      let less = try await look(database, user: role)
      #expect(less.queues.isEmpty && less.unseen.contains { $0.hasPrefix("pgq.subscription") })

      try await database.psql("revoke usage on schema pgq, trunkline, pgq_coop from public;")
      let nothing = try await look(database, user: role)
      #expect(nothing.server.database == database.name && nothing.unseen.contains { $0.hasPrefix("pgq.queue") })
      try await database.psql("drop owned by \(role); drop role \(role);")
    }
  }

  /// The look gives up on what is locked, and does not hang.
  @Test func aLockedTableIsLeftOut() async throws {
    try await withDatabase { database in
      try await makeQueue(on: database)
      let locker = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
      try await locker.execute("begin; lock table pgq.event_1_0 in access exclusive mode")
      let snapshot = try await look(database, depth: .quick)
      #expect(snapshot.unseen.contains { $0.hasPrefix("sizes of event tables") })
      #expect(snapshot.consumers.map(\.name) == ["c"])
      await locker.close()
    }
  }

  @Test func lossOfTheConnectionIsAnError() async throws {
    try await withDatabase { database in
      let connection = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
      _ = try? await connection.execute("select pg_terminate_backend(pg_backend_pid())")
      await #expect(throws: PostgresError.self) { try await StatusReader(connection).read() }
    }
  }
}
