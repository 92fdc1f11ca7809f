import EventFormats
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// What cannot be applied stops the worker with an error that says where and what to do; nothing is lost, and when the
/// cause is mended it goes on by itself.
@Suite struct BadInputTests {
  static let items = "create table items (id int primary key, name text, price numeric(8,2));"

  /// Makes a change that is refused, expects these words in the stored error, mends it, and expects everything to arrive.
  private func refused(
    tables: String = items, onTarget: String = "", captured: [String] = ["items"], change: String, words: [String],
    mend: @Sendable (ReplicationFixture) async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await ReplicationFixture.with(tables: tables, onTarget: onTarget, captured: captured) { fixture in
      try await fixture.worker().drain()
      try await fixture.change("insert into items (id, name) values (1, 'good')")
      try await fixture.source.run("insert into items (id, name) values (2, 'before')")
      try await fixture.source.run(change)
      try await fixture.source.run("insert into items (id, name) values (3, 'after')")
      try await running(fixture.worker()) {
        try await fixture.tick()
        try await fixture.target.withConnection { target in
          try await pollUntil("the error to be stored") {
            try await target.query("select error is not null from trunkline.position").first?
              .decode(0, as: Bool.self) ?? false
          }
        }
        let error = try await fixture.target.value("select error from trunkline.position")
        for word in words { #expect(error.contains(word), "\(error)", sourceLocation: sourceLocation) }
        #expect(
          try await fixture.target.value("select string_agg(id::text, ',') from items where id < 70") == "1",
          sourceLocation: sourceLocation)
        try await mend(fixture)
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("items", sourceLocation: sourceLocation)
      #expect(try await fixture.target.value("select error from trunkline.position").isEmpty)
    }
  }

  @Test func eventThatDoesNotParse() async throws {
    try await refused(
      change:
        #"select pgq.insert_event('changes', '{"op":"INSERT","table":["public","items"],"pkey":["id"]}', '{"id": 7')"#,
      words: [
        "queue \"changes\", ticks", "event 3, table public.items", "does not parse", "delete from pgq.event_template",
      ]
    ) { fixture in
      try await fixture.source.run(
        """
        delete from pgq.event_template where ev_id = 3
          and ev_queue = (select queue_id from pgq.queue where queue_name = 'changes')
        """)
    }
  }

  @Test func valueThatIsNotOfItsType() async throws {
    try await refused(
      change: """
        select pgq.insert_event('changes', '{"op":"INSERT","table":["public","items"],"pkey":["id"]}', '{"id": "x"}')
        """,
      words: ["event 3, table public.items", "invalid input syntax for type integer"]
    ) { try await $0.source.run("delete from pgq.event_template where ev_id = 3") }
  }

  @Test(arguments: ["I:id", "nonsense", #"{"op":"UPSERT","table":["public","items"],"pkey":["id"]}"#, ""])
  func unknownEventType(_ type: String) async throws {
    try await refused(
      change: "select pgq.insert_event('changes', '\(type)', 'id=7')",
      words: ["queue \"changes\", ticks", "event 3", "delete from pgq.event_template where ev_id = 3"]
    ) { try await $0.source.run("delete from pgq.event_template where ev_id = 3") }
  }

  @Test func tableMissingOnTheTarget() async throws {
    try await refused(
      tables: Self.items + "create table other (id int primary key)", onTarget: "drop table other",
      captured: ["items", "other"], change: "insert into other values (1)",
      words: ["queue \"changes\", ticks", "event 3, table public.other", "the target has no such table"]
    ) { try await $0.target.run("create table other (id int primary key)") }
  }

  @Test func columnMissingOnTheTarget() async throws {
    try await refused(
      change: """
        alter table items add extra text; select trunkline.capture_refresh();
        insert into items (id, extra) values (9, 'x')
        """,
      words: ["event 3, table public.items", "column \"extra\"", "add the column to the target"]
    ) { try await $0.target.run("alter table items add extra text") }
  }

  @Test func tableWithoutKey() async throws {
    try await refused(
      change: """
        select pgq.insert_event('changes', '{"op":"DELETE","table":["public","items"],"pkey":[]}', '{"id": 1}')
        """,
      words: ["event 3, table public.items", "no key", "primary key"]
    ) { try await $0.source.run("delete from pgq.event_template where ev_id = 3") }
  }

  @Test func uniqueValueThatSomebodyWroteIntoTheTarget() async throws {
    try await refused(
      onTarget: "alter table items add unique (name); insert into items values (77, 'taken')",
      change: "insert into items values (8, 'taken')",
      words: ["event 3, table public.items", "duplicate key", "in the way", "(name)=(taken)"]
    ) { try await $0.target.run("delete from items where id = 77") }
  }

  @Test func checkOfTheTarget() async throws {
    try await refused(
      onTarget: "alter table items add constraint positive check (price >= 0)",
      change: "insert into items values (8, 'x', -1)",
      words: ["event 3, table public.items", "violates check constraint", "positive"]
    ) { try await $0.target.run("alter table items drop constraint positive") }
  }

  @Test func triggerOfTheTargetThatRefuses() async throws {
    try await refused(
      onTarget: """
        create function deny() returns trigger language plpgsql as $$ begin
          if new.id = 8 then raise exception 'not this one' using hint = 'ask the owner'; end if; return new; end $$;
        create trigger deny before insert on items for each row execute function deny();
        alter table items enable always trigger deny
        """,
      change: "insert into items values (8, 'x')",
      words: ["event 3, table public.items", "not this one", "ask the owner"]
    ) { try await $0.target.run("drop trigger deny on items") }
  }

  @Test(arguments: ["items", "trunkline.position"]) func lostPrivileges(_ table: String) async throws {
    try await ReplicationFixture.with(tables: Self.items, captured: ["items"]) { fixture in
      let role = FreshName.next("applier")
      try await fixture.target.run(
        """
        create role \(role) login; select trunkline.grant_apply('\(role)');
        grant select, insert, update, delete on items to \(role)
        """)
      try await running(fixture.worker(targetUser: role)) {
        try await fixture.target.withConnection { target in
          try await pollUntil("the worker to start") {
            try await !target.query("select 1 from trunkline.position").isEmpty
          }
        }
        try await fixture.source.run("insert into items values (1, 'a')")
        try await fixture.waitUntilApplied()
        let (revoke, grant, words) =
          table == "items"
          ? ("revoke insert on items from \(role)", "grant insert on items to \(role)", ["event 2, table public.items"])
          : (
            "revoke execute on function trunkline.advance_position from \(role)",
            "select trunkline.grant_apply('\(role)')", ["permission denied for function advance_position"]
          )
        try await fixture.target.run(revoke)
        try await fixture.source.run("insert into items values (2, 'b')")
        try await fixture.tick()
        try await fixture.target.withConnection { target in
          try await pollUntil("the error to be stored") {
            try await target.query("select error is not null from trunkline.position").first?
              .decode(0, as: Bool.self) ?? false
          }
        }
        let error = try await fixture.target.value("select error from trunkline.position")
        for word in words + ["queue \"changes\", ticks", "permission denied", "grant the worker's role on the target"] {
          #expect(error.contains(word), "\(error)")
        }
        try await fixture.target.run(grant)
        try await fixture.waitUntilApplied()
      }
      try await fixture.expectEqual("items")
    }
  }

  @Test func lostPrivilegesOnTheSource() async throws {
    try await ReplicationFixture.with(tables: Self.items, captured: ["items"]) { fixture in
      let role = FreshName.next("reader")
      try await fixture.source.run("create role \(role) login in role pgq_reader")
      var worker = fixture.worker()
      worker.source = PostgresConfiguration(fixture.source.connectionString(user: role))
      try await worker.drain()
      try await fixture.change("insert into items values (1, 'a')", by: worker)
      try await fixture.source.run("revoke pgq_reader from \(role); insert into items values (2, 'b')")
      try await fixture.tick()
      let error = await #expect(throws: PostgresError.self) { try await worker.drain() }
      #expect(error?.sqlState == .insufficientPrivilege)
      try await fixture.source.run("grant pgq_reader to \(role)")
      try await worker.drain()
      try await fixture.expectEqual("items")
    }
  }

  @Test func unknownQueue() async throws {
    try await ReplicationFixture.with(tables: Self.items, captured: []) { fixture in
      var worker = fixture.worker()
      worker.queue = "nowhere"
      let error = await #expect(throws: PostgresError.self) { try await worker.drain() }
      #expect("\(error.map(String.init(describing:)) ?? "")".contains("nowhere"))
    }
  }

  @Test func consumerThatWasUnregisteredIsNotSilentlyStartedAnew() async throws {
    try await ReplicationFixture.with(tables: Self.items, captured: ["items"]) { fixture in
      try await fixture.worker().drain()
      try await fixture.change("insert into items values (1, 'a')")
      try await fixture.source.run(
        "select pgq.unregister_consumer('changes', 'replica'); insert into items values (2, 'b')")
      try await fixture.tick()
      // Its tick is still there: the worker goes back to it and nothing is lost.
      try await fixture.worker().drain()
      try await fixture.expectEqual("items")
      // Once the tick is gone, changes are lost, and that is an error.
      try await fixture.source.run(
        """
        select pgq.unregister_consumer('changes', 'replica'); insert into items values (3, 'c');
        delete from pgq.tick where tick_id <= (select max(tick_id) from pgq.tick)
        """)
      try await fixture.tick()
      let error = await #expect(throws: (any Error).self) { try await fixture.worker().drain() }
      #expect(
        "\(error.map { "\($0)" } ?? "")".contains("which the source no longer has"), "\(String(describing: error))")
    }
  }
}
