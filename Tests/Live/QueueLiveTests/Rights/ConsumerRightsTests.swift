import PostgresClient
import PostgresTesting
import Testing

/// A role that may consume from one queue uses its own consumer there, and nothing else.
@Suite struct ConsumerRightsTests {
  @Test func aConsumerRoleUsesTheWholeInterfaceOnItsOwnConsumer() async throws {
    try await RightsFixture.with { fixture in
      let alice = fixture.asAlice
      let batch = try await fixture.aliceWorks()
      let query: String = try await alice.value("select batch_sql from trunkline.open_batch('q', 'a', 1, 1000)")
      let events = try await alice.connection.query("\(raw: query)").map { try $0.decode(5, as: String.self) }
      #expect(events == ["secret"])
      #expect(
        try await alice.value(
          """
          select trunkline.retry_event('q', 'a', 1, \(batch), ev_id, 0)
          from trunkline.read_batch('q', 'a', 1, \(batch))
          """, as: Int.self) == 1)
      #expect(try await alice.value("select trunkline.close_batch('q', 'a', 1, \(batch))", as: Int.self) == 1)
      try await alice.connection.execute("select trunkline.seek_consumer('q', 'a', 1, 1)")
      let again: Int64 = try await alice.value("select batch_id from trunkline.open_batch('q', 'a', 1, 1000)")
      #expect(
        try await alice.values("select ev_data from trunkline.read_batch('q', 'a', 1, \(again))") == ["secret"])
      try await alice.connection.execute("select trunkline.set_consumer('q', 'a', 'max_attempts', '3')")
      #expect(try await alice.value("select trunkline.unregister('q', 'a')", as: Int.self) == 1)
    }
  }

  @Test func aConsumerRoleUsesMembersOfItsOwn() async throws {
    try await RightsFixture.with { fixture in
      let alice = fixture.asAlice
      let lease: Int64 = try await alice.value("select trunkline.attach_member('q', 'g', 'm', 'test')")
      let event = try await fixture.admin.insert("x", into: "q")
      try await fixture.admin.tick("q")
      let open = "trunkline.open_member_batch('q', 'g', 'm', \(lease), 1000)"
      let batch: Int64 = try await alice.value("select batch_id from \(raw: open)")
      let query: String = try await alice.value("select batch_sql from \(raw: open)")
      #expect(try await alice.connection.query("\(raw: query)").map { try $0.decode(0, as: Int64.self) } == [event])
      #expect(try await alice.value("select trunkline.touch_member('q', 'g', 'm', \(lease))", as: Int64.self) == batch)
      for call in [
        "touch_member('q', 'g', 'm', \(lease))", "read_member_batch('q', 'g', 'm', \(lease), \(batch))",
        "open_member_batch('q', 'g', 'm', \(lease), 1000)", "attach_member('q', 'g', 'm', 'x')",
        "retry_member_event('q', 'g', 'm', \(lease), \(batch), \(event), 0)", "detach_member('q', 'g', 'm', \(lease))",
        "close_member_batch('q', 'g', 'm', \(lease), \(batch))", "set_member_timeout('q', 'g', '1 s')",
      ] {
        #expect(try await fixture.asBob.refusal("select * from trunkline.\(call)") == "42501", "\(call)")
      }
      try await alice.connection.execute(
        """
        select trunkline.retry_member_event('q', 'g', 'm', \(lease), \(batch), \(event), 0),
            trunkline.set_member_timeout('q', 'g', '1 h'),
            trunkline.close_member_batch('q', 'g', 'm', \(lease), \(batch)), trunkline.detach_member('q', 'g', 'm', \(lease))
        """)
    }
  }

  @Test func aConsumerRoleCanDoNothingWithAConsumerOfAnother() async throws {
    try await RightsFixture.with { fixture in
      let batch = try await fixture.aliceWorks()
      let bob = fixture.asBob
      try await bob.connection.execute(
        "select trunkline.register('q', 'b'), trunkline.attach_consumer('q', 'b', 'test')")
      for call in [
        "attach_consumer('q', 'a', 'x')", "open_batch('q', 'a', 1, 1000)", "read_batch('q', 'a', 1, \(batch))",
        "close_batch('q', 'a', 1, \(batch))", "retry_event('q', 'a', 1, \(batch), 1, 0)",
        "seek_consumer('q', 'a', 1, 1)",
        "attach_member('q', 'a', 'm', 'x')", "set_consumer('q', 'a', 'paused', 'on')", "unregister('q', 'a')",
        "register('q', 'a', 'earliest')", "set_member_timeout('q', 'a', '1 s')",
        // names of members of somebody else
        "register('q', 'a.m')", "register('q', 'a.lane-1')",
        // limits and owners are not for consumers, not even their own
        "set_consumer('q', 'b', 'max_age', '9 days')", "set_consumer('q', 'b', 'on_limit', 'warn')",
        "set_consumer('q', 'b', 'max_bytes', null)", "set_consumer('q', 'b', 'owner', '\(fixture.alice)')",
        // other queues
        "register('r', 'b')", "attach_member('r', 'b', 'm', 'x')", "set_member_timeout('r', 'b', '1 s')",
        // managing
        "set_queue('q', 'paused', 'on')", "grant_queue('q', 'public', 'consume')",
        "revoke_queue('q', '\(fixture.alice)', 'consume')", "maint_dead_members()",
      ] {
        #expect(try await bob.refusal("select * from trunkline.\(call)") == "42501", "\(call)")
      }
      // a batch of another is none of one's own
      #expect(try await bob.refusal("select trunkline.close_batch('q', 'b', 1, \(batch))") == "55000")
      #expect(try await bob.refusal("select trunkline.retry_event('q', 'b', 1, \(batch), 1, 0)") == "55000")
      #expect(try await bob.refusal("select * from trunkline.read_batch('q', 'b', 1, \(batch))") == "55000")
      // nothing of this did anything
      #expect(
        try await fixture.asAlice.value("select trunkline.close_batch('q', 'a', 1, \(batch))", as: Int.self) == 1)
    }
  }

  @Test func thePlainInterfaceIsClosedToConsumerRoles() async throws {
    try await RightsFixture.with { fixture in
      let batch = try await fixture.aliceWorks()
      for session in [fixture.asAlice, fixture.asBob] {
        for call in [
          "pgq.finish_batch(\(batch))", "pgq.next_batch('q', 'a')", "pgq.get_batch_events(\(batch))",
          "pgq.batch_event_sql(\(batch))", "pgq.get_batch_cursor(\(batch), 'x', 10)", "pgq.event_retry(\(batch), 1, 0)",
          "pgq.batch_retry(\(batch), 0)", "pgq.register_consumer_at('q', 'a', 1)", "pgq.register_consumer('r', 'a')",
          "pgq.unregister_consumer('q', 'a')", "pgq_coop.finish_batch(\(batch))", "pgq_coop.next_batch('q', 'a', 'm')",
          "pgq_coop.register_subconsumer('q', 'a', 'm')", "pgq.insert_event('q', 't', 'x')",
          "pgq.event_retry_raw('q', 'a', now(), 1, now(), 1, '', '', '', '', '', '')", "pgq.drop_queue('q', true)",
        ] {
          #expect(try await session.refusal("select \(call)") == "42501", "\(call)")
        }
        let open = try await session.values(
          """
          select c.oid::regclass::text
          from pg_class c
          where relnamespace in ('pgq'::regnamespace, 'trunkline'::regnamespace) and relkind in ('r', 'p', 'S')
            and case relkind when 'S' then has_sequence_privilege(c.oid, 'usage, update')
                else has_table_privilege(c.oid, 'insert, update, delete, truncate')
                    or relname ~ '^event_|^retry_queue' and has_table_privilege(c.oid, 'select') end
          """, as: String.self)
        #expect(open == [])
        let inner = try await session.values(
          """
          select p.oid::regprocedure::text from pg_proc p
          where pronamespace = 'trunkline'::regnamespace and proname like '\\_%'
            and prorettype <> 'trigger'::regtype and has_function_privilege(p.oid, 'execute')
          """, as: String.self)
        #expect(inner == ["trunkline._blocking_consumers(pgq.queue)"])
      }
    }
  }

  @Test func revokedRightsEndAtOnce() async throws {
    try await RightsFixture.with { fixture in
      let batch = try await fixture.aliceWorks()
      try await fixture.admin.connection.query("select trunkline.revoke_queue('q', \(fixture.alice), 'consume')")
      for call in [
        "open_batch('q', 'a', 1, 10)", "read_batch('q', 'a', 1, \(batch))", "close_batch('q', 'a', 1, \(batch))",
      ] {
        #expect(try await fixture.asAlice.refusal("select trunkline.\(call)") == "42501", "\(call)")
      }
      try await fixture.admin.connection.query("select trunkline.grant_queue('q', 'public', 'consume')")
      #expect(
        try await fixture.asAlice.value("select trunkline.close_batch('q', 'a', 1, \(batch))", as: Int.self) == 1)
    }
  }
}
