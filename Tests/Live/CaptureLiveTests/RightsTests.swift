import PostgresTesting
import Testing

/// Who may do what, and what queue settings do.
@Suite struct RightsTests {
  @Test func writersNeedNoRightsOnTheQueue() async throws {
    let owner = FreshName.next("owner"), writer = FreshName.next("writer"), other = FreshName.next("other")
    try await CaptureFixture.with(
      """
      create role \(owner) login; create role \(writer) login; create role \(other) login;
      grant pgq_admin to \(owner), \(other); grant create on schema public to \(owner);
      """
    ) { fixture in
      try await fixture.database.psql(
        """
        create table public.t (id int primary key, v text); grant select, insert, update, delete, truncate on t to \(writer);
        select trunkline.capture_add('t', 'q');
        """, user: owner)
      try await fixture.database.psql(
        "insert into t values (1, 'a'); update t set v = 'b'; update t set id = 2; delete from t; truncate t; insert into t values (3);",
        user: writer)
      try await fixture.expectConverged("t")
      let denied = try await fixture.failure(
        "select trunkline.capture_add('t', 'q', '{\"before\": true}');", user: other)
      #expect(denied.contains("42501"))
      #expect(try await fixture.failure("select trunkline.capture_add('t', 'q');", user: writer).contains("42501"))
      // another role's maintenance leaves it alone, and says so
      try await fixture.psql("alter table t add column n int;")
      try await fixture.database.psql(
        "set client_min_messages = error; select trunkline.maint_refresh_captures();", user: other)
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == "stale")
      try await fixture.database.psql(
        "select trunkline.maint_refresh_captures(); insert into t values (4, 'x', 5);", user: owner)
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == "ok")
      try await fixture.psql(
        "drop table t; drop owned by \(owner), \(writer), \(other); drop role \(owner), \(writer), \(other);")
    }
  }

  /// Sessions that have used the straight way before obey settings changed later, at once.
  @Test func disabledInsertAndLimitOfEvents() async throws {
    try await CaptureFixture.with("create table t (id int primary key, v text);") { fixture in
      try await fixture.capture("t")
      let use = "do $$ begin for i in 1..8 loop insert into t values (i); end loop; end $$; truncate t;"
      #expect(
        try await fixture.failure(
          "\(use) update pgq.queue set queue_disable_insert = true; insert into t values (1);"
        )
        .contains("Insert into queue disallowed"))
      try await fixture.psql("set session_replication_role = replica; insert into t values (50);")
      try await fixture.psql(
        "update pgq.queue set queue_disable_insert = false, queue_per_tx_limit = 3; insert into t values (1), (2), (3);"
      )
      #expect(
        try await fixture.failure("begin; insert into t values (11), (12); insert into t values (13), (14);")
          .contains("allows max 3 events from one TX"))
      try await fixture.psql(
        "update pgq.queue set queue_per_tx_limit = null; insert into t select generate_series(100, 120);")
      try await fixture.expectConverged("t")
    }
  }

  @Test func rotationIsFollowed() async throws {
    try await CaptureFixture.with("create table t (id int primary key, v text);") { fixture in
      try await fixture.capture("t")
      try await fixture.psql(
        """
        insert into t values (1);
        update pgq.queue set queue_switch_time = now() - interval '1 day';
        """)
      // It waits for transactions that began before the last switch, those of other databases included.
      try await pollUntil("the switch") {
        try await fixture.psql("select pgq.maint_rotate_tables_step1('q');")
        return try await fixture.psql("select queue_switch_step2 is null from pgq.queue;") == "t"
      }
      try await fixture.psql("select pgq.maint_rotate_tables_step2();")
      try await fixture.psql("insert into t values (2); update t set v = 'x';")
      #expect(try await fixture.psql("select count(distinct tableoid) from pgq.event_template;") == "2")
      try await fixture.expectConverged("t")
    }
  }

  @Test func clearErrors() async throws {
    try await CaptureFixture.with(
      "create table t (id int primary key); create table nokey (a int); create view v as select 1;"
    ) {
      fixture in
      let cases = [
        ("'t', 'nope'", "No such queue", "trunkline queue create"), ("'nokey', 'q'", "has no key", "--key"),
        (#"'t', 'q', '{"key": ["b"]}'"#, "42703", "Columns are: id"),
        (#"'t', 'q', '{"kay": 1}'"#, "unknown capture option", "Options are"),
        (#"'t', 'q', '{"columns": "id"}'"#, "must be a list", "For example"),
        (#"'t', 'q', '{"when": "zz > 1"}'"#, "does not work", "schema-qualified"),
        ("'v', 'q'", "is not a table", "partitioned"),
      ]
      for (arguments, message, hint) in cases {
        let error = try await fixture.failure("select trunkline.capture_add(\(arguments));")
        #expect(error.contains(message) && error.contains(hint), "\(error)")
      }
    }
  }
}
