import PostgresClient
import PostgresTesting
import Testing

/// Granting and what the roles over all queues imply.
@Suite struct GrantTests {
  @Test func managersManageTheirQueueAndGrantItsUse() async throws {
    try await RightsFixture.with { fixture in
      let batch = try await fixture.aliceWorks()
      try await fixture.admin.connection.query("select trunkline.grant_queue('q', \(fixture.bob), 'manage')")
      let bob = fixture.asBob
      for call in [
        "set_queue('q', 'ttl', '1 h')", "set_consumer('q', 'a', 'max_age', '1 day')",
        "set_consumer('q', 'a', 'owner', '\(fixture.bob)')", "set_consumer('q', 'a', 'owner', '\(fixture.alice)')",
        "close_batch('q', 'a', 1, \(batch))", "grant_queue('q', '\(fixture.alice)', 'produce')",
        "revoke_queue('q', '\(fixture.alice)', 'produce')", "unregister('q', 'a')",
      ] {
        #expect(try await bob.refusal("select trunkline.\(call)") == nil, "\(call)")
      }
      for call in [
        "grant_queue('q', '\(fixture.alice)', 'manage')", "revoke_queue('q', '\(fixture.bob)', 'manage')",
        "set_queue('r', 'ttl', '1 h')", "grant_queue('r', '\(fixture.bob)', 'consume')", "register('r', 'x')",
      ] {
        #expect(try await bob.refusal("select trunkline.\(call)") == "42501", "\(call)")
      }
    }
  }

  @Test func rolesOverAllQueuesNeedNoGrants() async throws {
    try await RightsFixture.with { fixture in
      let batch = try await fixture.aliceWorks()
      try await fixture.admin.connection.query("select trunkline.revoke_queue('q', \(fixture.bob), 'consume')")
      try await fixture.admin.connection.execute("grant pgq_reader to \(fixture.bob)")
      #expect(try await fixture.asBob.refusal("select trunkline.register('r', 'x')") == nil)
      #expect(try await fixture.asBob.refusal("select trunkline.close_batch('q', 'a', 1, \(batch))") == nil)
      #expect(try await fixture.asBob.refusal("select trunkline.set_queue('q', 'paused', 'on')") == "42501")
      // who may read the event tables reads them directly
      try await fixture.admin.insert("x", into: "q")
      try await fixture.admin.tick("q")
      let query: String = try await fixture.asBob.value("select batch_sql from trunkline.open_batch('q', 'a', 1, 10)")
      #expect(query.contains("pgq.event_"))
      try await fixture.admin.connection.execute(
        "revoke pgq_reader from \(fixture.bob); grant pgq_admin to \(fixture.bob)")
      #expect(try await fixture.asBob.refusal("select trunkline.set_queue('q', 'paused', 'on')") == nil)
      #expect(
        try await fixture.asBob.refusal("select trunkline.grant_queue('r', '\(fixture.alice)', 'manage')") == nil)
    }
  }

  @Test func grantsAreCheckedAndListed() async throws {
    try await RightsFixture.with { fixture in
      let admin = fixture.admin
      #expect(try await admin.refusal("select trunkline.grant_queue('q', 'nobody at all', 'consume')") == "42704")
      #expect(try await admin.refusal("select trunkline.grant_queue('none', 'public', 'consume')") == "42704")
      #expect(try await admin.refusal("select trunkline.grant_queue('q', 'public', 'own')") == "22023")
      #expect(try await admin.refusal("select trunkline.grant_queue('q', 'public', null)") == "22023")
      #expect(try await admin.value("select trunkline.grant_queue('q', \(fixture.bob), 'consume')", as: Int.self) == 0)
      #expect(try await admin.value("select trunkline.revoke_queue('q', \(fixture.bob), 'consume')", as: Int.self) == 1)
      #expect(try await admin.value("select trunkline.revoke_queue('q', \(fixture.bob), 'consume')", as: Int.self) == 0)
      #expect(
        try await fixture.asBob.values("select role::text from trunkline.queue_grant", as: String.self)
          == [fixture.alice])
      // a queue of that name made later has none of the grants
      try await admin.connection.execute("select pgq.drop_queue('q', true), pgq.create_queue('q')")
      #expect(try await admin.value("select count(*)::int from trunkline.queue_grant", as: Int.self) == 0)
    }
  }

  @Test func theRefusalSaysWhatToAskFor() async throws {
    try await RightsFixture.with { fixture in
      let output = try await fixture.database.tools(user: fixture.alice).tryPsql("select trunkline.register('r', 'x')")
      #expect(output.standardError.contains("select trunkline.grant_queue('r', '\(fixture.alice)', 'consume')"))
    }
  }
}
