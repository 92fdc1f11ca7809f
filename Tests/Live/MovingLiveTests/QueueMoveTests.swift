import EventQueue
import PostgresClient
import PostgresTesting
import Testing

/// Events go from queue to queue as they are.
@Suite struct QueueMoveTests {
  static func toCopy() -> EventRouting { EventRouting(rest: .queue("copy")) }

  @Test func allFieldsAndTheOrderAreKept() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.target.run("select pgq.create_queue('copy')")
      try await fixture.source.run(
        """
        select pgq.insert_event('orders', 'a', E'tab\\there \\\\N', 'x1', null, '', 'x4');
        select pgq.insert_event('orders', null, null);
        select pgq.insert_event('orders', 'n', e'li\\nne');
        select pgq.insert_event_raw('orders', null, '2020-02-03 04:05:06.789012+00', null, null, 't', 'old', null, null,
          null, null)
        """)
      try await fixture.tick()
      let outcome = try await fixture.mover(Self.toCopy()).drain()
      #expect(outcome.events == 4)
      #expect(outcome.rows == 4)
      #expect(outcome.destinations == ["copy": 4])
      let fields = "row(ev_time, ev_type, ev_data, ev_extra1, ev_extra2, ev_extra3, ev_extra4)::text"
      let sql = "select string_agg(\(fields), '#' order by ev_id) from pgq.event_template"
      let there = try await fixture.target.value(sql)
      #expect(there == (try await fixture.source.value(sql)))
      #expect(there.contains("2020-02-03"))
    }
  }

  @Test func aLargeBatchComesInOrder() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.target.run("select pgq.create_queue('copy')")
      try await fixture.source.run(
        "select pgq.insert_event('orders', 't', g::text) from generate_series(1, 20000) g")
      try await fixture.tick()
      try await fixture.mover(Self.toCopy()).drain()
      #expect(
        try await fixture.target.value(
          """
          select count(*) || ' ' || bool_and(ev_data::int = n) from (
            select ev_data, row_number() over (order by ev_id) as n from pgq.event_template) e
          """) == "20000 true")
    }
  }

  @Test func theFilterLeavesOutAndCounts() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.source.run(
        """
        select pgq.insert_event('orders', type, data, table_name, null, null, null)
        from (values ('order.new', '1', 'public.a'), ('order_new', '2', 'public.a'), ('order.paid', '3', 'other.a'),
          ('bill', '4', 'public.b'), (null, '5', 'public.a'), ('order.gone', '6', null)) v (type, data, table_name)
        """)
      try await fixture.tick()
      var routing = Self.toCopy()
      routing.filter.patterns = [
        EventPattern(.type, "order.*"), EventPattern(.type, "b?ll"), EventPattern(.extra1, "public.*"),
      ]
      let outcome = try await fixture.mover(routing, create: true).drain()
      #expect(outcome.events == 6)
      #expect(outcome.leftOut == 4)
      #expect(try await fixture.events("ev_data", of: "copy") == "1 4")
      routing = Self.toCopy()
      routing.filter.sql = "ev_data::int > 2 -- and so on"
      try await fixture.source.run(
        "select pgq.insert_event('orders', 't', g::text) from generate_series(1, 3) g")
      try await fixture.tick()
      #expect(try await fixture.mover(routing).drain().leftOut == 2)
      #expect(try await fixture.events("ev_data", of: "copy") == "1 4 3")
    }
  }

  @Test func inOneDatabaseEverythingIsOneTransaction() async throws {
    try await MovingFixture.withOneDatabase { fixture in
      try await fixture.source.run(
        """
        select pgq.create_queue('copy'); select pgq.insert_event('orders', 't', g::text) from generate_series(1, 10) g;
        create table seen (tx bigint);
        create function seen() returns trigger language plpgsql as $$ begin
          insert into public.seen values (txid_current()); return null; end $$;
        create trigger seen after update on pgq.subscription for each row
          when (old.sub_last_tick is distinct from new.sub_last_tick) execute function seen()
        """)
      try await fixture.tick()
      try await fixture.mover(Self.toCopy()).drain()
      #expect(try await fixture.events("ev_data", of: "copy") == "1 2 3 4 5 6 7 8 9 10")
      #expect(
        try await fixture.source.value(
          """
          select count(distinct e.ev_txid) || ' ' || bool_and(e.ev_txid in (select tx from seen)) from pgq.event_template e
          join pgq.queue q on q.queue_id = e.ev_queue and q.queue_name = 'copy'
          """) == "1 true")
    }
  }

  @Test func aQueueIsNotMovedIntoItself() async throws {
    try await MovingFixture.withOneDatabase { fixture in
      let error = await #expect(throws: TransferError.self) {
        try await fixture.mover(EventRouting(rest: .queue("orders"))).drain()
      }
      #expect(error?.reason.contains("itself") == true)
      // A queue of the same name elsewhere is another queue.
      var routing = EventRouting(rest: .stop)
      routing.naming = EventRouting.Naming(.type)
      try await fixture.source.run("select pgq.insert_event('orders', 'orders', 'x')")
      try await fixture.tick()
      await #expect(throws: TransferError.self) { try await fixture.mover(routing).drain() }
      #expect(try await fixture.source.value("select count(*)::text from pgq.event_template") == "1")
    }
  }

  @Test func aMissingQueueStopsWithARemedyAndGoesOnWhenItIsThere() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.source.run("select pgq.insert_event('orders', 't', 'x')")
      try await fixture.tick()
      let worker = fixture.mover(Self.toCopy())
      try await running(worker) {
        try await fixture.target.withConnection { target in
          try await pollUntil("the error to be stored") {
            try await !target.query("select 1 from trunkline.position where error is not null").isEmpty
          }
        }
        let error = try await fixture.target.value("select error from trunkline.position")
        #expect(error.contains("queue \"orders\", ticks") && error.contains("\"copy\" does not exist"))
        #expect(error.contains("trunkline queue create copy"))
        try await fixture.target.run("select pgq.create_queue('copy')")
        try await fixture.waitUntilApplied()
      }
      #expect(try await fixture.events("ev_data", of: "copy") == "x")
      #expect(try await fixture.target.value("select error from trunkline.position") == "")
    }
  }

  @Test func aRoleWithTheRightOnOneQueueIsEnough() async throws {
    try await MovingFixture.with { fixture in
      let role = "mover_\(fixture.target.name)"
      try await fixture.target.run(
        """
        create role "\(role)" login; select pgq.create_queue('copy'), pgq.create_queue('secret');
        select trunkline.grant_apply('\(role)'), trunkline.grant_queue('copy', '\(role)', 'produce')
        """)
      try await fixture.source.run("select pgq.insert_event('orders', 't', 'x')")
      try await fixture.tick()
      // At the source, the right to consume from the queue.
      try await fixture.source.run(
        "select pgq.unregister_consumer('orders', 'mover'), trunkline.grant_queue('orders', '\(role)', 'consume')")
      var mover = fixture.mover(Self.toCopy(), targetUser: role)
      mover.source.connectionString = fixture.source.connectionString(user: role)
      try await mover.drain()
      try await fixture.source.run("select pgq.insert_event('orders', 't', 'x')")
      try await fixture.tick()
      try await mover.drain()
      #expect(try await fixture.events("ev_data", of: "copy") == "x")
      try await fixture.source.run("select pgq.insert_event('orders', 't', 'y')")
      try await fixture.tick()
      let error = await #expect(throws: TransferError.self) {
        try await fixture.mover(EventRouting(rest: .queue("secret")), targetUser: role).drain()
      }
      #expect(error?.remedy.contains("trunkline.grant_queue") == true)
      // A table of the caller's own in place of the staging table would run his code with the owner's rights.
      try await fixture.target.withConnection(user: role) { connection in
        try await connection.execute("create temporary view trunkline_staged as select 1")
        let refusal = await #expect(throws: PostgresError.self) {
          try await connection.query("select trunkline.insert_staged_events()")
        }
        #expect(refusal?.sqlState == "42P07")
      }
      try await fixture.target.run("drop owned by \"\(role)\"; drop role \"\(role)\"")
    }
  }

  @Test func theProgramSaysWhatItDid() async throws {
    try await MovingFixture.with { fixture in
      try await fixture.source.run("select pgq.insert_event('orders', t, 'x') from unnest(array['a', 'b', 'a']) t")
      try await fixture.tick()
      let result = try await fixture.command(
        "move", "--target-queue", "copy", "--create", "--where", "type=a", "--once"
      ).run()
      #expect(result.status == 0)
      #expect(result.standardOutput == "3 events\n  2 into copy\n  1 left out\n")
    }
  }
}
