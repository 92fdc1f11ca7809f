import PostgresTesting
import SchemaInstaller
import Testing

/// What an installation over the original PgQ says before it does it. Needs the Debian package postgresql-NN-pgq3.
@Suite struct TakeOverPlanTests {
  @Test func dryRunExplainsAndInstallationTakesOver() async throws {
    // A cluster of its own: the original makes its roles without regard to others that do so at the same moment.
    try await PrivateCluster.with { cluster in
      let database = try await cluster.createDatabase()
      let isAvailable =
        try await database.psql("select count(*) from pg_available_extensions where name = 'pgq'") == "1"
      guard isAvailable else {
        try Test.cancel("the extension pgq is not available on this server")
      }
      try await database.psql(
        """
        create extension pgq;
        select pgq.create_queue('orders');
        select pgq.register_consumer('orders', 'shop');
        select pgq.insert_event('orders', 'type', 'data');
        """)
      try await withConnection(database) { connection in
        let installer = SchemaInstaller()
        let plan = try await installer.plan(on: connection)
        #expect(plan.takeOver?.queues == ["orders"])
        #expect(plan.takeOver?.extensions.first?.hasPrefix("pgq ") == true)
        #expect(plan.steps.contains { $0.contains("take over queue orders") })
        let pgq = plan.schemas.first { $0.schema == "pgq" }
        #expect(pgq?.state == .foreign)

        try await installer.install(on: connection)
        let after = try await installer.plan(on: connection)
        #expect(after.takeOver == nil)
        #expect(after.schemas.allSatisfy { $0.state == .current })
      }
      try await database.psql("select pgq.ticker('orders')")
      let events = try await database.psql(
        "select ev_data from pgq.next_batch('orders', 'shop') b, pgq.get_batch_events(b) e")
      #expect(events == "data")
    }
  }
}
