import PostgresClient
import PostgresTesting
import StatusModel
import Testing

/// What the snapshot says about rotation is what `pgq.maint_rotate_tables_step1` does.
@Suite struct RotationPredictionTests {
  private func state(_ database: TestDatabase) async throws -> RotationState {
    try #require(try await look(database, depth: .quick).queue("q")).rotation
  }

  /// Runs the first half of a switch and tells whether it happened.
  private func rotates(_ database: TestDatabase) async throws -> Bool {
    let before = try await database.psql("select queue_cur_table from pgq.queue;")
    try await database.psql("select pgq.maint_rotate_tables_step1('q');")
    return try await database.psql("select queue_cur_table from pgq.queue;") != before
  }

  private func finishBatches(_ database: TestDatabase) async throws {
    try await database.psql("select pgq.finish_batch(pgq.next_batch('q', 'c'));")
  }

  @Test func everyReasonToWaitIsTheOneThatRotationHas() async throws {
    try await PrivateCluster.with { cluster in
      let database = try await cluster.createDatabase(template: "template0")
      let setup = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
      try await installSchemas(on: setup)
      await setup.close()
      try await makeQueue(on: database)
      try await database.psql("update pgq.queue set queue_rotation_period = '0';")

      guard case .waitsForTick = try await state(database) else { return try await fail(database) }
      #expect(try await !rotates(database))

      try await database.psql("select pgq.force_tick('q'); select pgq.ticker('q');")
      guard case .waitsForConsumer("c", _) = try await state(database) else { return try await fail(database) }
      #expect(try await !rotates(database))

      try await finishBatches(database)
      guard case .due = try await state(database) else { return try await fail(database) }
      #expect(try await rotates(database))
      guard case .halfDone = try await state(database) else { return try await fail(database) }
      #expect(try await !rotates(database))

      // a transaction that began before the second half is in the way of the next switch
      let writer = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
      try await writer.execute("begin; select txid_current()")
      try await database.psql("select pgq.maint_rotate_tables_step2();")
      try await database.psql("select pgq.force_tick('q'); select pgq.ticker('q');")
      try await finishBatches(database)
      guard case .waitsForTransaction = try await state(database) else { return try await fail(database) }
      #expect(try await !rotates(database))
      let snapshot = try await look(database)
      #expect(findings("long transaction", snapshot).first?.commands.first?.contains("pg_terminate_backend") == true)
      let holder = snapshot.transactions.first { $0.transaction != nil }
      #expect(holder?.transaction ?? .max <= snapshot.queue("q")?.switchTransaction ?? 0)

      // the same, prepared
      try await writer.execute("prepare transaction 'held'")
      guard case .waitsForTransaction = try await state(database) else { return try await fail(database) }
      let prepared = try #require(try await look(database).transactions.first { $0.kind == .prepared })
      #expect(prepared.gid == "held" && prepared.user == "postgres")
      try await writer.execute("rollback prepared 'held'")
      await writer.close()

      guard case .waitsForTick = try await state(database) else { return try await fail(database) }
      try await database.psql("select pgq.force_tick('q'); select pgq.ticker('q');")
      try await finishBatches(database)
      guard case .due = try await state(database) else { return try await fail(database) }
      #expect(try await rotates(database))
    }
  }

  private func fail(_ database: TestDatabase) async throws {
    Issue.record("not expected: \(try await state(database))")
  }
}
