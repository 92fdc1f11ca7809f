import PostgresTesting
import SchemaInstaller
import Testing

@Suite struct SchemaUninstallTests {
  private let installer = SchemaInstaller()

  @Test func removesEverything() async throws {
    try await withDatabase { database in
      try await withConnection(database) { try await installer.uninstall(on: $0) }
      let left = try await database.psql("select nspname from pg_namespace where nspname in ('pgq', 'trunkline')")
      #expect(left.isEmpty)
      try await withConnection(database) { connection in
        try await installer.uninstall(on: connection)
        try await installer.install(on: connection)
      }
    }
  }

  @Test func refusesWhileQueuesExistAndListsThem() async throws {
    try await withDatabase { database in
      try await database.psql("select pgq.create_queue('orders')")
      try await refusal(database, mentions: "orders")
      try await database.psql("select pgq.drop_queue('orders')")
      try await withConnection(database) { try await installer.uninstall(on: $0) }
    }
  }

  @Test func refusesWhileConsumersAreTracked() async throws {
    try await withDatabase { database in
      try await database.psql("select pgq_ext.set_last_tick('billing', 5)")
      try await refusal(database, mentions: "billing")
      try await database.psql("select pgq_ext.set_last_tick('billing', null)")
      try await withConnection(database) { try await installer.uninstall(on: $0) }
      let left = try await database.psql("select nspname from pg_namespace where nspname like 'pgq%'")
      #expect(left.isEmpty)
    }
  }

  @Test func refusesWhileTriggersCallUs() async throws {
    try await withDatabase { database in
      try await database.psql(
        """
        create table t (id int primary key);
        create trigger capture after insert on t for each row execute function pgq.logutriga('q');
        """)
      try await refusal(database, mentions: "public.t (capture)")
    }
  }

  @Test func refusesWhileViewsUseUs() async throws {
    try await withDatabase { database in
      try await database.psql("create view my_queues as select queue_name from pgq.queue")
      try await refusal(database, mentions: "my_queues")
    }
  }

  private func refusal(_ database: TestDatabase, mentions text: String) async throws {
    try await withConnection(database) { connection in
      let error = await #expect(throws: SchemaInstallerError.self) { try await installer.uninstall(on: connection) }
      #expect(error?.reason == .inUse)
      #expect(error?.message.contains(text) == true, "\(String(describing: error))")
    }
    let stillThere = try await database.psql("select count(*) from pg_proc where pronamespace = 'pgq'::regnamespace")
    #expect(stillThere != "0")
  }
}
