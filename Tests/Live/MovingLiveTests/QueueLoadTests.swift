import EventFormats
import EventQueue
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Row events of every format become rows of tables.
@Suite struct QueueLoadTests {
  static let table = "create table t (id int primary key, v text, n numeric, a int[], b bool, j jsonb)"
  /// Every kind of change, also values that need escapes in one format or another.
  static let changes = """
    insert into t values (1, E'it''s + 50% \\\\ of\\n"it"\\t& more=ü', 1.50, '{1,2}', true, '{"a": [1, null]}'),
      (2, null, null, null, null, null), (3, '', -1, '{}', false, '"x"'), (4, 'gone', 4, null, null, null);
    update t set v = 'second', n = 2 where id = 2;
    update t set b = null where id = 1;
    delete from t where id = 4
    """

  @Test(arguments: ["capture", "logutriga", "sqltriga", "jsontriga"]) func everyFormatArrives(_ format: String)
    async throws
  {
    try await MovingFixture.with { fixture in
      try await fixture.both(Self.table)
      try await fixture.source.run(
        format == "capture"
          ? "select trunkline.capture_add('t', 'orders')"
          : """
          create trigger q after insert or update or delete on t for each row execute function pgq.\(format)('orders');
          create trigger r after truncate on t for each statement execute function pgq.\(format)('orders')
          """)
      let outcome = try await fixture.load(Self.changes)
      #expect(outcome.events == 7)
      let there = try await fixture.source.value("select string_agg(t::text, '#' order by id) from t")
      #expect(try await fixture.target.value("select string_agg(t::text, '#' order by id) from t") == there)
      try await fixture.load("update t set v = v || '!' where id < 3; delete from t where id = 3")
      let later = try await fixture.source.value("select string_agg(t::text, '#' order by id) from t")
      #expect(try await fixture.target.value("select string_agg(t::text, '#' order by id) from t") == later)
      try await fixture.load("truncate t")
      #expect(try await fixture.target.value("select count(*)::text from t") == "0")
    }
  }

  @Test func sparseUpdatesOfSeveralShapesInOneBatchKeepOtherColumns() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.both("create table t (id int primary key, a int, b int)")
      try await fixture.source.run(
        "create trigger q after insert or update or delete on t for each row execute function pgq.sqltriga('orders')")
      try await fixture.load(
        """
        insert into t values (1, 1, 1), (2, 2, 2); update t set a = 10 where id = 1; update t set b = 20 where id = 2;
        update t set a = 11 where id = 2; update t set b = 12 where id = 1; update t set a = null where id = 2
        """)
      #expect(try await fixture.rows("t") == "(1,10,12) (2,,20)")
    }
  }

  @Test func tablesAreRenamedAndTheRestIsLeftOutOrRefused() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.source.run(
        """
        create table a (id int primary key); create table b (id int primary key);
        select trunkline.capture_add('a', 'orders'), trunkline.capture_add('b', 'orders')
        """)
      try await fixture.target.run("create schema x; create table x.\"A b\" (id int primary key)")
      let rename = [try QualifiedName(parsing: "public.a"): try QualifiedName(parsing: "x.\"A b\"")]
      let sql = "insert into a values (1); insert into b values (1); insert into a values (2)"
      let error = await #expect(throws: ApplyError.self) {
        try await fixture.load(sql, .with { ($0.tables, $0.rest) = (rename, .stop) })
      }
      #expect(error?.event == 2)
      let outcome = try await fixture.loader(.with { ($0.tables, $0.rest) = (rename, .drop) }).drain()
      #expect(outcome.events == 3)
      #expect(outcome.leftOut == 1)
      #expect(try await fixture.rows("x.\"A b\"") == "(1) (2)")
    }
  }

  @Test func aLogKeepsEveryEvent() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.source.run(
        "create table t (id int primary key, v text); select trunkline.capture_add('t', 'orders')")
      try await fixture.target.run("create table t (ev_id bigint, ev_op text, ev_time timestamptz, id int, v text)")
      let options = LoadOptions.with { $0.mode = .log }
      try await fixture.load("insert into t values (1, 'a'); update t set v = 'b'; delete from t; truncate t", options)
      #expect(try await fixture.rows("t", "concat_ws('|', ev_id, ev_op, id, v)") == "1|I|1|a 2|U|1|b 3|D|1|b")
      #expect(
        try await fixture.target.value("select bool_and(ev_time > now() - interval '1 hour')::text from t") == "true")
    }
  }

  @Test func deletionsCanBeIgnoredAndAreCounted() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.both("create table t (id int primary key, v text)")
      try await fixture.source.run("select trunkline.capture_add('t', 'orders')")
      let outcome = try await fixture.load(
        "insert into t values (1, 'a'), (2, 'b'); delete from t where id = 1", .with { $0.ignoresDeletes = true })
      #expect(outcome.leftOut == 1)
      #expect(try await fixture.rows("t") == "(1,a) (2,b)")
    }
  }

  @Test func whatIsNotWantedIsLeftOutAndCounted() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.both("create table t (id int primary key)")
      try await fixture.source.run(
        """
        select trunkline.capture_add('t', 'orders'); select pgq.insert_event('orders', 'mail', 'no row');
        select pgq.insert_event('orders', 'pgq.location-info', 'x')
        """)
      let options = LoadOptions.with { $0.filter.patterns = [EventPattern(.type, "{*"), EventPattern(.type, "pgq.*")] }
      let outcome = try await fixture.load("insert into t values (1)", options)
      #expect(outcome.events == 3)
      #expect(outcome.leftOut == 2)
      #expect(try await fixture.rows("t") == "(1)")
    }
  }

  @Test func unreadableEventsStopWithTheirPlaceOrArePutAside() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.target.run("create table t (id int primary key, v int)")
      try await fixture.source.run(
        """
        select pgq.insert_event('orders', type, data, 'public.t', null, null, null)
        from (values ('I:id', 'id=1&v=1'), ('nonsense', 'x'), ('I:id', 'id=2&v=%zz'), ('I:id', 'id=3&v=word'),
          ('I:id', 'id=4&v=4'), ('{"op":"INSERT","table":["public","t"],"pkey":["id"]}', '{"id":')) v (type, data)
        """)
      try await fixture.tick()
      let error = await #expect(throws: ApplyError.self) { try await fixture.loader(LoadOptions()).drain() }
      #expect(error?.queue == "orders")
      #expect(error?.ticks != nil)
      #expect(error?.event == 2)
      #expect(error?.remedy.contains("--on-bad-event park") == true)
      #expect(try await fixture.rows("t") == "")
      try await fixture.loader(.with { $0.parksBadEvents = true }).drain()
      #expect(try await fixture.rows("t") == "(1,1) (4,4)")
      #expect(
        try await fixture.rows("trunkline.rejected_event", "ev_id || ev_data")
          == "2x 3id=2&v=%zz 4id=3&v=word 6{\"id\":")
      #expect(
        try await fixture.target.value("select bool_and(reason <> '')::text from trunkline.rejected_event") == "true")
    }
  }

  @Test func oneDatabaseIsOneTransaction() async throws {
    try await MovingFixture.withOneDatabase { fixture in
      try await fixture.source.run(
        """
        create table t (id int primary key); create table copy (id int primary key);
        select trunkline.capture_add('t', 'orders')
        """)
      let options = try LoadOptions.with {
        $0.tables = [try QualifiedName(parsing: "public.t"): try QualifiedName(parsing: "public.copy")]
      }
      try await fixture.load("insert into t select generate_series(1, 5)", options)
      #expect(try await fixture.rows("copy") == "(1) (2) (3) (4) (5)")
      #expect(
        try await fixture.source.value(
          "select (c.xmin = s.xmin)::text from copy c, pgq.subscription s where c.id = 1 and s.sub_last_tick > 1")
          == "true")
    }
  }
}
