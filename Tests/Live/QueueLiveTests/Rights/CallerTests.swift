import PostgresClient
import PostgresTesting
import Testing

/// Whose rights count: those of the session, whatever functions are in between.
@Suite struct CallerTests {
  @Test func theRoleOfSetRoleCounts() async throws {
    try await RightsFixture.with { fixture in
      let batch = try await fixture.aliceWorks()
      let close = "select trunkline.close_batch('q', 'a', 1, \(batch))"
      try await fixture.admin.connection.execute("set role \(fixture.bob)")
      #expect(try await fixture.admin.refusal(close) == "42501")
      try await fixture.admin.connection.execute("reset role; set session authorization \(fixture.bob)")
      #expect(try await fixture.admin.refusal(close) == "42501")
      try await fixture.admin.connection.execute(
        "reset session authorization; grant \(fixture.alice) to \(fixture.bob); set role \(fixture.bob)")
      // a member of the owner is the owner
      #expect(try await fixture.admin.refusal(close) == nil)
      try await fixture.admin.connection.execute("reset role")
      #expect(try await fixture.admin.refusal("select trunkline.unregister('q', 'a')") == nil)
    }
  }

  @Test func whatIsNotInheritedDoesNotCount() async throws {
    try await RightsFixture.with { fixture in
      let batch = try await fixture.aliceWorks()
      let close = "select trunkline.close_batch('q', 'a', 1, \(batch))"
      try await fixture.admin.connection.execute(
        "alter role \(fixture.bob) noinherit; grant \(fixture.alice) to \(fixture.bob)")
      #expect(try await fixture.asBob.refusal(close) == "42501")
      #expect(try await fixture.asBob.refusal("set role \(fixture.alice); \(close)") == nil)
    }
  }

  @Test func aDefinerFunctionInBetweenLendsNoRights() async throws {
    try await RightsFixture.with { fixture in
      try await fixture.admin.connection.execute(
        """
        create function public.lend() returns int language sql security definer set search_path = pg_catalog, pg_temp
        as $$ select trunkline.register('r', 'x') $$;
        """)
      #expect(try await fixture.asAlice.refusal("select public.lend()") == "42501")
      #expect(try await fixture.admin.refusal("select public.lend()") == nil)
    }
  }

  /// ANALYZE by a superuser runs expressions of indexes as the table's owner, who must not get the superuser's rights by that.
  @Test(arguments: ["select 1", "listen x"]) func codeRunByMaintenanceGetsNoRightsOfTheSession(_ before: String)
    async throws
  {
    try await RightsFixture.with { fixture in
      try await fixture.admin.connection.execute("create schema s; grant create, usage on schema s to \(fixture.alice)")
      try await fixture.asAlice.connection.execute(
        """
        create table s.t (a int);
        create function s.f(int) returns int immutable language sql as 'select $1';
        create index on s.t (s.f(a));
        insert into s.t values (1);
        create or replace function s.f(int) returns int immutable language plpgsql as $$
        begin
            perform trunkline.grant_queue('q', '\(fixture.alice)', 'manage');
            return $1;
        end $$;
        """)
      try await fixture.admin.connection.execute(before)
      #expect(try await fixture.admin.refusal("analyze s.t") == "42501")
      #expect(
        try await fixture.admin.value(
          "select count(*)::int from trunkline.queue_grant where privilege = 'manage'", as: Int.self) == 0)
    }
  }

  @Test func listeningSessionsCanPrepareTransactions() async throws {
    try await RightsFixture.with { fixture in
      try await fixture.asAlice.connection.execute("listen trunkline_tick; select trunkline.register('q', 'a')")
      let name = FreshName.next("prepared")
      #expect(
        try await fixture.asAlice.refusal(
          "begin; select trunkline.attach_consumer('q', 'a', 'x'); prepare transaction '\(name)'") == nil)
      try await fixture.asAlice.connection.execute("rollback prepared '\(name)'")
    }
  }
}
