import PostgresClient
import PostgresTesting
import Testing

@Suite struct PrivilegeTests {
  static let everybody = ["get_consumer_info", "get_queue_info", "quote_fqname", "seq_getval", "version"]
  static let reader = [
    "batch_event_sql", "batch_event_tables", "batch_retry", "event_retry", "find_tick_helper", "finish_batch",
    "force_tick", "get_batch_cursor", "get_batch_events", "get_batch_info", "next_batch", "next_batch_custom",
    "next_batch_info", "register_consumer", "register_consumer_at", "unregister_consumer",
  ]
  static let writer = ["current_event_table", "insert_event", "jsontriga", "logutriga", "sqltriga"]
  static let admin = [
    "_grant_perms_from", "create_queue", "drop_queue", "event_retry_raw", "grant_perms", "insert_event_raw",
    "maint_drop_tables", "maint_operations", "maint_retry_events", "maint_rotate_tables_step1",
    "maint_rotate_tables_step2", "maint_tables_to_vacuum", "seq_setval", "set_queue_config", "ticker", "tune_storage",
    "upgrade_schema",
  ]

  /// Functions of the interface whose grant to `role` is written in their privileges.
  private func functions(grantedTo role: String, in session: QueueSession) async throws -> [String] {
    try await session.values(
      """
      select distinct p.proname::text from pg_proc p cross join aclexplode(p.proacl) a
      where p.pronamespace = 'pgq'::regnamespace and (p.proname !~ '^_' or p.proname = '_grant_perms_from')
        and a.grantee = case when \(role) = 'public' then 0 else (select oid from pg_roles where rolname = \(role)) end
      order by 1
      """)
  }

  @Test func rolesMayCallWhatIsDocumented() async throws {
    try await QueueSession.with { _, session in
      let documented = [
        "public": Self.everybody, "pgq_reader": Self.reader, "pgq_writer": Self.writer, "pgq_admin": Self.admin,
      ]
      for (role, expected) in documented {
        let granted = try await functions(grantedTo: role, in: session)
        #expect(granted == expected, "\(role)")
      }
    }
  }

  /// Tables and sequences with what is granted on them, the names without numbers.
  private static let relations: PostgresQuery = """
    select x from (
      select concat_ws(' ', regexp_replace(c.relname, '[0-9]+', 'N'),
                       case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
                       string_agg(distinct a.privilege_type, ',' order by a.privilege_type))
      from pg_class c cross join aclexplode(c.relacl) a
      where c.relnamespace = 'pgq'::regnamespace and a.grantee <> c.relowner
        and c.relname !~ '(slot|sleep)_seq|event_template'
      group by c.relname, a.grantee
    ) r (x)
    order by x collate "C"
    """

  /// Functions with what everybody can see of them, the implementation apart.
  private static let signatures: PostgresQuery = """
    select format('%s(%s) %s %s %s %s', p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
                  p.provolatile, p.proisstrict,
                  array(select x::text from unnest(p.proacl) x where x::text !~ '^postgres' order by 1))
    from pg_proc p
    where p.pronamespace = 'pgq'::regnamespace and (p.proname !~ '^_' or p.proname = '_grant_perms_from')
      and p.proname <> 'maint_drop_tables'
    order by 1
    """

  @Test(.originalExtension) func signaturesAndPrivilegesAreThoseOfTheOriginal() async throws {
    try await withDatabase(schemas: false) { original in
      try await QueueSession.with { _, ours in
        try await OriginalPgQ.createExtension(in: original)
        let theirs = try await QueueSession(original)
        for session in [theirs, ours] { try await session.connection.execute("select pgq.create_queue('q')") }
        #expect(
          try await ours.values(Self.signatures, as: String.self) == theirs.values(Self.signatures, as: String.self))
        #expect(
          try await ours.values(Self.relations, as: String.self) == theirs.values(Self.relations, as: String.self))
      }
    }
  }

  @Test func everyDefinerFunctionPinsItsSearchPath() async throws {
    try await QueueSession.with { _, session in
      let loose = try await session.values(
        """
        select oid::regprocedure::text from pg_proc
        where prosecdef and not ('search_path=pg_catalog, pg_temp' = any (coalesce(proconfig, '{}')))
          and pronamespace in (select oid from pg_namespace where nspname ~ '^(pgq|londiste|trunkline)')
        """, as: String.self)
      #expect(loose == [])
    }
  }

  @Test func readerConsumesAndNothingElse() async throws {
    try await asMember(of: "pgq_reader") { session async throws in
      #expect(try await session.value("select pgq.register_consumer('q', 'r')") == 1)
      try await session.connection.execute("reset role; select pgq.insert_event('q', 't', 'x')")
      try await session.connection.execute("select pgq._make_tick('q'); set role app")
      let batch = try #require(try await session.nextBatch("q", "r"))
      #expect(try await session.values("select ev_data from pgq.get_batch_events(\(batch))") == ["x"])
      #expect(try await session.value("select pgq.event_retry(\(batch), 1, 60)") == 1)
      try await session.finish(batch)
      for sql in [
        "select pgq.insert_event('q', 't', 'd')", "select pgq.ticker()", "select pgq.drop_queue('q')",
        "delete from pgq.tick", "select * from pgq.retry_queue", "insert into pgq.event_template default values",
      ] {
        #expect(try await session.failure(sql)?.hasPrefix("permission denied") == true, "\(sql)")
      }
    }
  }

  @Test func writerInsertsAndNothingElse() async throws {
    try await asMember(of: "pgq_writer") { session async throws in
      #expect(try await session.value("select pgq.insert_event('q', 't', 'd')") == 1)
      #expect(try await session.value("select pgq.current_event_table('q')") == "pgq.event_1_0")
      for sql in [
        "select pgq.next_batch('q', 'c')", "select * from pgq.event_template", "select pgq.ticker('q')",
        "select pgq.insert_event_raw('q', 1, now(), 1, 1, null, null, null, null, null, null)",
        "select setval('pgq.event_1_id_seq', 1)", "select setval('pgq.event_1_slot_seq', 1)",
      ] {
        #expect(try await session.failure(sql)?.hasPrefix("permission denied") == true, "\(sql)")
      }
    }
  }

  @Test func administratorDoesAllMaintenance() async throws {
    try await asMember(of: "pgq_admin") { session async throws in
      try await session.connection.execute(
        "select pgq.create_queue('p'), pgq.set_queue_config('p', 'rotation_period', '0')")
      try await session.insert("x", into: "p")
      for function in try await session.values(
        "select func_name || '(' || coalesce(quote_literal(func_arg), '') || ')' from pgq.maint_operations()",
        as: String.self)
      {
        try await session.connection.execute("select \(function)")
      }
      #expect(try await session.value("select pgq.maint_retry_events()") == 0)
      #expect(try await session.failure("select pgq.ticker(), pgq._make_tick('p'), pgq.drop_queue('p', true)") == nil)
      #expect(
        try await session.failure(
          "select pgq.insert_event_raw('q', null, null, null, null, 't', 'd', null, null, null, null)")
          == nil)
    }
  }

  /// Triggers run with the rights of who changes the table: the right to insert events is enough.
  @Test func triggerNeedsTheRightToInsertOnly() async throws {
    try await asMember(of: "pgq_writer") { session async throws in
      try await session.connection.execute(
        """
        reset role; create table item (id int primary key, v text); grant all on item to app;
        create trigger t after insert or update or delete on item for each row execute function pgq.logutriga('q', 'ev_extra4=v');
        set role app; insert into item values (1, 'a'); update item set v = 'b'; delete from item; reset role;
        """)
      #expect(
        try await session.values("select ev_data from pgq.event_template order by ev_id") == [
          "id=1&v=a", "id=1&v=b", "id=1&v=b",
        ])
    }
  }

  private func asMember(of role: String, _ body: (QueueSession) async throws -> Void) async throws {
    try await PrivateCluster.with { cluster in
      let database = try await cluster.createDatabase()
      try await Schema.install(into: database)
      let session = try await QueueSession(database)
      try await session.createQueue("q", consumers: [])
      try await session.connection.execute("create role app in role \(role); set role app")
      try await body(session)
    }
  }
}
