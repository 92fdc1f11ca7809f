import EventFormats
import EventQueue
import PostgresClient
import PostgresTesting
import SchemaInstaller
import TableReplication
import Testing

/// Handlers at work between two databases.
@Suite struct HandlerTests {
  static let table = "create table t (id int primary key, v text, day date)"

  /// Loads what `sql` did to the captured table, by a handler.
  @discardableResult
  private func load(
    _ fixture: MovingFixture, _ sql: String, _ handler: String, settings: HandlerSettings = .init(),
    parks: Bool = false
  ) async throws -> TransferOutcome {
    try await fixture.load(sql, options(handler, settings, parks))
  }

  private func options(
    _ handler: String, _ settings: HandlerSettings = .init(), _ parks: Bool = false
  ) throws -> LoadOptions {
    let table = try QualifiedName(unquoted: "public.t")
    let made = try HandlerRegistry.standard.make(
      HandlerSpec(parsing: handler), HandlerContext(table: table, settings: settings))
    return LoadOptions.with {
      $0.handlers.add(made, for: table)
      $0.tables[table] = made.destination
      $0.parksBadEvents = parks
    }
  }

  private static func with(
    captured: String = "select trunkline.capture_add('t', 'orders')", onTarget: String = table,
    _ body: (MovingFixture) async throws -> Void
  ) async throws {
    try await MovingFixture.with { fixture in
      try await fixture.source.run(table)
      if !onTarget.isEmpty { try await fixture.target.run(onTarget) }
      try await fixture.source.run(captured)
      try await body(fixture)
    }
  }

  @Test func theDefaultFollowsAndIgnoresTruncateWhereAsked() async throws {
    try await Self.with { fixture in
      let handler = "londiste(ignore_truncate=1)"
      try await load(fixture, "insert into t values (1, 'a', null), (2, 'b', null)", handler)
      try await load(fixture, "update t set id = 3, v = 'c' where id = 1; delete from t where id = 2", handler)
      #expect(try await fixture.rows("t") == "(3,c,)")
      let outcome = try await load(fixture, "truncate t", handler)
      #expect(outcome.events == 1 && outcome.leftOut == 1)
      #expect(try await fixture.rows("t") == "(3,c,)")
    }
  }

  @Test(arguments: ["noop", "vtable", "qtable"]) func eventsAreIgnored(_ name: String) async throws {
    try await Self.with(onTarget: name == "vtable" ? "select 1" : Self.table) { fixture in
      let outcome = try await load(fixture, "insert into t values (1, 'a', null)", name)
      #expect(outcome.events == 1 && outcome.leftOut == 1)
      if name != "vtable" { #expect(try await fixture.rows("t") == "") }
    }
  }

  @Test func theSplitterFillsAQueueOnce() async throws {
    try await Self.with(onTarget: "select pgq.create_queue('other')") { fixture in
      let handler = "qsplitter(queue=other)"
      try await load(fixture, "insert into t values (1, 'a\tb', null)", handler)
      try await load(fixture, "update t set v = 'c'", handler)
      #expect(
        try await fixture.events("ev_extra1 || (ev_data::json ->> 'v')", of: "other") == "public.ta\tb public.tc")
      await #expect(throws: ApplyError.self) {
        try await load(fixture, "update t set v = 'd'", "qsplitter(queue=missing)")
      }
      #expect(try await fixture.target.value("select error from trunkline.position").contains("queue"))
      try await load(fixture, "select 1", handler)
      #expect(try await fixture.events("ev_data::json ->> 'v'", of: "other") == "a\tb c d")
    }
  }

  static let function = """
    create table log (n bigserial, conf text, tick int8, id int8, type text, data text);
    create function note(conf text, tick bigint, ev_id bigint, ev_time timestamptz, ev_txid bigint, ev_retry int,
      ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
    returns void language plpgsql as $$
    begin
      if ev_data like '%bad%' then raise exception 'I do not like it'; end if;
      insert into log (conf, tick, id, type, data) values (conf, tick, ev_id, ev_type, ev_data);
    end $$
    """

  @Test func aFunctionIsCalledInOrderAndTheEventAtFaultIsNamed() async throws {
    try await Self.with(onTarget: "\(Self.table); \(Self.function)") { fixture in
      let handler = "applyfn(func_name=public.note&func_conf=k%3Dv)"
      try await load(fixture, "insert into t select g, 'v' || g, null from generate_series(1, 1200) g", handler)
      #expect(
        try await fixture.target.value(
          "select count(*) || ' ' || bool_and(n = (data::json ->> 'id')::int and conf = 'k=v') from log") == "1200 true"
      )
      try await fixture.source.run("insert into t values (5000, 'good', null), (5001, 'bad', null)")
      let error = await #expect(throws: ApplyError.self) { try await load(fixture, "select 1", handler) }
      let last = try await fixture.source.value("select max(ev_id)::text from pgq.event_template")
      #expect(error?.event.map(String.init) == last)
      #expect(error?.reason.contains("I do not like it") == true)
      #expect(try await fixture.target.value("select count(*)::text from log") == "1200")
    }
  }

  @Test(arguments: ["capture", "logutriga"]) func aShardHasItsRowsOnly(_ kind: String) async throws {
    let hash =
      "create schema partconf; create function partconf.get_hash_raw(i int) returns int language sql immutable as 'select $1'"
    try await MovingFixture.with { fixture in
      try await fixture.both("\(hash); \(Self.table)")
      try await fixture.target.run(
        """
        create table partconf.conf (shard_nr int, shard_mask int, shard_count int);
        insert into partconf.conf values (1, 3, 4)
        """)
      try await fixture.source.run(
        kind == "capture"
          ? "select trunkline.capture_add('t', 'orders')"
          : """
          create trigger q after insert or update or delete on t for each row
          execute function pgq.logutriga('orders', 'ev_extra3=''hash=''||partconf.get_hash_raw(id)')
          """)
      let handler = "shard(key=id)"
      try await load(fixture, "insert into t select g, 'v', null from generate_series(1, 1000) g", handler)
      #expect(
        try await fixture.target.value("select count(*) || ' ' || bool_and(id % 4 = 1) from t") == "250 true")
      try await load(fixture, "update t set v = 'w'; delete from t where id > 500", handler)
      #expect(try await fixture.target.value("select count(*) || min(v) || max(v) from t") == "125ww")
      if kind == "capture" {
        // In and out of the shard, and inside it.
        try await load(
          fixture,
          "update t set id = 1002 where id = 1; update t set id = 2001 where id = 2; update t set id = 3001 where id = 5",
          handler)
        #expect(
          try await fixture.target.value("select string_agg(id::text, ' ' order by id) from t where id < 6 or id > 900")
            == "2001 3001")
      }
    }
  }

  @Test func aNodeThatDoesNotKnowItsShardSaysSo() async throws {
    try await Self.with { fixture in
      let error = await #expect(throws: ApplyError.self) {
        try await load(fixture, "insert into t values (1, 'a', null)", "shard(key=id)")
      }
      #expect(error?.reason.contains("partconf.conf") == true && error?.table != nil)
      try await fixture.target.run(
        """
        create schema partconf; create table partconf.conf (part_nr int, max_part int);
        insert into partconf.conf values (0, 0)
        """)
      try await load(fixture, "select 1", "shard(key=id&hashfunc=pg_catalog.hashint4)")
      #expect(try await fixture.rows("t") == "(1,a,)")
    }
  }

  @Test(arguments: ["bulk", "bulk(method=2)"]) func bulkFollows(_ handler: String) async throws {
    try await Self.with { fixture in
      try await load(fixture, "insert into t values (1, 'a', null); update t set v = 'b'", handler)
      #expect(try await fixture.rows("t") == "(1,b,)")
    }
  }

  @Test func obfuscatedRowsArrive() async throws {
    try await Self.with { fixture in
      var settings = HandlerSettings()
      settings.readFile = { $0 == "m" ? "t:\n  id: keep\n  v: hash\n" : "a secret key" }
      let handler = "obfuscate(map=m&keyfile=k)"
      try await load(
        fixture, "insert into t values (1, 'ann@example.com', '2020-01-01'), (2, null, null)", handler,
        settings: settings)
      #expect(try await fixture.rows("t") == "(1,3e7267c7-edb5-0dc1-0216-8a26c63346dc,) (2,,)")
      try await load(
        fixture, "update t set v = 'x' where id = 1; delete from t where id = 2", handler, settings: settings)
      #expect(try await fixture.rows("t", "id::text || length(v)") == "136")
    }
  }

  @Test func textOfAnSQLASCIISourceIsRepaired() async throws {
    try await SharedCluster.withDatabase(schemas: false, options: "encoding 'SQL_ASCII' locale 'C'") { source in
      try await withDatabase { target in
        try await source.withConnection { _ = try await SchemaInstaller().install(on: $0) }
        let fixture = MovingFixture(source: source, target: target)
        try await fixture.prepare()
        try await fixture.both(Self.table)
        try await source.run(
          """
          create trigger q after insert on t for each row execute function pgq.logutriga('orders');
          insert into t values (1, 'caf' || E'\\xe9', null)
          """)
        await #expect(throws: (any Error).self) { try await fixture.load("select 1") }
        try await load(fixture, "insert into t values (2, 'fine', null)", "londiste(encoding=utf8)")
        #expect(try await fixture.rows("t") == "(1,caf\u{fffd},) (2,fine,)")
      }
    }
  }

  @Test func anUnreadableEventIsPutAside() async throws {
    try await Self.with { fixture in
      try await load(
        fixture,
        """
        insert into t values (1, 'a', null);
        select pgq.insert_event('orders', 'I:id', 'id=%zz', 'public.t', null, null, null)
        """, "londiste(ignore_truncate=1)", parks: true)
      #expect(try await fixture.rows("t") == "(1,a,)")
      #expect(try await fixture.target.value("select reason from trunkline.rejected_event").contains("does not parse"))
    }
  }

  @Test func theProgramTakesHandlersAndPolicies() async throws {
    try await Self.with { fixture in
      try await fixture.target.run("insert into t values (1, 'here', null)")
      try await fixture.source.run("insert into t values (1, 'there', null), (2, 'new', null)")
      try await fixture.tick()
      _ = try await fixture.command("load", "--once", "--conflict", "t=warn", "--conflict-rows").runChecked()
      #expect(try await fixture.rows("t") == "(1,here,) (2,new,)")
      #expect(try await fixture.target.value("select count(*)::text from trunkline.conflict_row") == "1")
      try await fixture.source.run("insert into t values (3, 'left out', null)")
      try await fixture.tick()
      _ = try await fixture.command("load", "--once", "--handler", "t=noop").runChecked()
      #expect(try await fixture.rows("t") == "(1,here,) (2,new,)")
      for arguments in [["--handler", "t=bulky"], ["--conflict", "latest"], ["--handler", "noop"]] {
        let output = try await TrunklineProgram.command(
          ["queue", "load", "orders", "--target", fixture.target.connectionString, "--once"] + arguments
        ).run()
        #expect(output.status == 64, "\(output)")
      }
      let list = try await TrunklineProgram.command(["table", "handlers"]).runChecked().standardOutput
      #expect(list.contains("obfuscate") && list.contains("bulk_yearly_time"))
      let one = try await TrunklineProgram.command(["table", "handlers", "qsplitter", "--json"]).runChecked()
        .standardOutput
      #expect(one.contains("\"queue\""))
      #expect(try await TrunklineProgram.command(["table", "handlers", "bulky"]).run().status == 64)
    }
  }
}
