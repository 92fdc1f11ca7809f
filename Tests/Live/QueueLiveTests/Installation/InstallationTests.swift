import PostgresClient
import PostgresTesting
import Testing

@Suite struct InstallationTests {
  private static let everything: PostgresQuery = """
    select string_agg(x, E'\\n' order by x) from (
      select format('%s %s', p.oid::regprocedure, md5(pg_get_functiondef(p.oid))) || coalesce(p.proacl::text, '')
      from pg_proc p where p.pronamespace = 'pgq'::regnamespace
      union all
      select format('%s %s %s %s', c.relname, c.relkind, c.relacl, c.reloptions)
      from pg_class c where c.relnamespace = 'pgq'::regnamespace
    ) o (x)
    """

  @Test func installingTwiceChangesNothing() async throws {
    try await withDatabase(schemas: false) { database in
      try await Schema.install(into: database)
      let session = try await QueueSession(database)
      try await session.createQueue("q")
      try await session.insert("kept", into: "q")
      let before: String = try await session.value(Self.everything)
      #expect(try await Schema.install(into: database) == "")
      #expect(try await session.value(Self.everything) == before)
      try await session.tick("q")
      #expect(try await session.drain("q") == ["kept"])
    }
  }

  /// Compressing takes most of a producer's time where events are long.
  @Test func longEventsAreCompressedWithTheFastMethod() async throws {
    try await withDatabase { database in
      let session = try await QueueSession(database)
      let hasIt: Bool = try await session.value(
        "select 'lz4' = any (enumvals) from pg_settings where name = 'default_toast_compression'")
      try await session.createQueue("q")
      let tables: Int = try await session.value(
        """
        select count(*)::int from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.oid::regclass::text ~ '^pgq.event_[0-9]+_[0-9]+$' and a.attname in ('ev_data', 'ev_extra2')
          and a.attcompression = 'l'
        """)
      #expect(tables == (hasIt ? 6 : 0))
    }
  }

  @Test func schemaCanBeDroppedAndInstalledAnew() async throws {
    try await withDatabase(schemas: false) { database in
      try await Schema.install(into: database)
      let session = try await QueueSession(database)
      try await session.createQueue("q")
      try await session.connection.execute("drop schema pgq cascade")
      try await Schema.install(into: database)
      try await session.createQueue("q")
      try await session.insert("new", into: "q")
      try await session.tick("q")
      #expect(try await session.drain("q") == ["new"])
    }
  }

  @Test func ownerOfTheDatabaseNeedsNoOtherRight() async throws {
    try await PrivateCluster.with { cluster in
      try await PostgresTools(cluster: cluster).psql("create role owner login; create role maker login createrole;")
      let database = try await cluster.createDatabase(owner: "owner")
      let report = try await Schema.install(into: database, user: "owner")
      for role in ["pgq_reader", "pgq_writer", "pgq_admin"] {
        #expect(report.contains("Have an administrator run: create role \(role) nologin; then install again."))
      }
      let owner = try await QueueSession(database, user: "owner")
      try await owner.createQueue("q")
      try await owner.insert("x", into: "q")
      try await owner.tick("q")
      #expect(try await owner.drain("q") == ["x"])

      // somebody who may create roles installs elsewhere; then the missing grants are added here
      let other = try await cluster.createDatabase(owner: "maker")
      #expect(try await Schema.install(into: other, user: "maker") == "")
      #expect(try await Schema.install(into: database, user: "owner") == "")
      #expect(
        try await owner.value(
          """
          select has_function_privilege('pgq_admin', 'pgq.ticker()', 'execute')
             and has_function_privilege('pgq_writer', 'pgq.insert_event(text,text,text)', 'execute')
             and has_table_privilege('pgq_reader', 'pgq.event_1_0', 'select')
             and pg_has_role('pgq_admin', 'pgq_reader', 'member')
          """) == true)
    }
  }
}
