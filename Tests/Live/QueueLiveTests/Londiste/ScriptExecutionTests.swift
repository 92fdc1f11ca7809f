import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Scripts on one node: what is run, what is told to others, and what stays as it was.
@Suite struct ScriptExecutionTests {
  private static func withRoot(_ body: (QueueSession) async throws -> Void) async throws {
    try await QueueSession.with { _, session in
      try await session.connection.execute(
        """
        select pgq_node.register_location('q', 'root', 'dbname=root', false);
        select pgq_node.create_node('q', 'root', 'root', 'w', null, null, null);
        create table t (id int primary key, v text);
        select trunkline.capture_add('t', 'q');
        select londiste.global_add_table('q', 'public.t');
        """)
      try await body(session)
    }
  }

  @discardableResult
  private static func execute(
    _ session: QueueSession, _ name: String, _ sql: String
  ) async throws -> ScriptExecution.Outcome {
    let script = try ScriptExecution(queue: "q", name: name, sql: sql)
    return try await session.connection.transaction { try await script.perform($0) }
  }

  private static let events: PostgresQuery = """
    select case when ev_type like '{%' then ev_type::json ->> 'op' else ev_type end || ' ' || ev_extra1
    from pgq.event_template where ev_type !~ '^(pgq|londiste)' order by ev_id
    """

  @Test func scriptStandsBetweenTheChangesAndRunsOnce() async throws {
    try await Self.withRoot { session in
      try await session.connection.execute("insert into t values (1)")
      let script = """
        --*-- Need-Table: t
        set search_path = pg_catalog;
        alter table public.t add column n int not null default 7;
        update public.t set n = 8; -- not logged: every node does it
        """
      #expect(try await Self.execute(session, "a.sql", script) == .executed)
      #expect(try await Self.execute(session, "a.sql", script) == .alreadyApplied)
      try await session.connection.execute("insert into t values (2)")
      #expect(try await session.values(Self.events) == ["INSERT public.t", "EXECUTE a.sql", "INSERT public.t"])
      #expect(
        try await session.value(
          "select ev_extra2 || ' ' || (ev_data like '%not logged%') from pgq.event_template where ev_extra1 = 'a.sql'")
          == "need-table=t true")
      // the capture knows the column already, and the session is as it was
      let last = try await session.value(
        "select ev_data from pgq.event_template order by ev_id desc limit 1", as: String.self)
      #expect(last.contains("7"), "\(last)")
      #expect(try await session.values("select state from trunkline.capture_check()") == ["ok"])
      #expect(try await session.value("select current_setting('search_path')") == "\"$user\", public")
      #expect(try await session.value("select current_setting('session_replication_role')") == "origin")
      #expect(try await session.value("select n from t where id = 1", as: Int.self) == 8)
    }
  }

  @Test func failureNamesTheStatementAndLeavesNothing() async throws {
    try await Self.withRoot { session async throws in
      let cases = [
        (
          "create table x ();\n\nalter table\n  nowhere add column n int;",
          "script s: statement 2, line 3: relation \"nowhere\""
        ),
        ("create table x ();\n\nselect 1,\n  nothing", "script s: statement 2, line 4: column \"nothing\""),
        (
          "create table x ();\ncreate index concurrently on t (v);",
          "script s: statement 2, line 2: CREATE INDEX CONCURRENTLY"
        ),
        ("create table x (); vacuum t", "script s: statement 2, line 1: VACUUM"),
        (
          "create table x ();\ncommit; create table y ();", "script s: statement 2, line 2: a script is one transaction"
        ),
        (
          "create table x (); do $$ begin commit; end $$",
          "script s: statement 2, line 1: invalid transaction termination"
        ),
        ("create table x (); copy t from stdin;", "script s: statement 2, line 1: COPY cannot read from"),
        ("create table x (); select 1; select 1/0", "script s: statement 3, line 1: division by zero"),
      ]
      for (script, message) in cases {
        let error = await #expect(throws: ScriptError.self) { try await Self.execute(session, "s", script) }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
      }
      #expect(try await session.value("select to_regclass('x') is null and to_regclass('y') is null") == true)
      #expect(try await session.values(Self.events, as: String.self).isEmpty)
      #expect(try await session.value("select count(*) from londiste.applied_execute", as: Int.self) == 0)
      let index = await #expect(throws: ScriptError.self) {
        try await Self.execute(session, "s", "create index concurrently on t (v)")
      }
      #expect(index?.hint?.contains("without CONCURRENTLY") == true)
    }
  }

  @Test func conditionsDecideAndTagsAreReplaced() async throws {
    try await Self.withRoot { session in
      try await session.connection.execute(
        """
        create table "Odd one" (id int primary key); create schema s; create sequence s.q; create view v as select 1;
        create function f(int, int) returns int language sql as 'select 1';
        """)
      let added = try await session.connection.query(
        "select ret_code from londiste.local_add_table('q', 'public.odd', array['no_triggers'], null, 'public.Odd one')"
      )
      #expect(try added.first?.decode(0, as: Int.self) == 200)
      let holds = """
        --*-- Local-Table: odd
        --*-- Local-Destination: public.odd
        --*-- Need-Table: t,
        --*--   public.Odd one
        --*-- Need-Sequence: s.q
        --*-- Need-Schema: s
        --*-- Need-View: v
        --*-- Need-Function: f(2)
        insert into @odd@ values (1);
        alter table @public.odd@ add column n int;
        """
      #expect(try await Self.execute(session, "1", holds) == .executed)
      #expect(try await session.value("select count(*) from \"Odd one\" where n is null", as: Int.self) == 1)
      let not = "--*-- Local-Table: u\n--*-- Need-Function: f, f(1)\n--*-- Need-View: t\ndrop table t;"
      #expect(try await Self.execute(session, "2", not) == .recorded)
      let mixed = await #expect(throws: ScriptError.self) {
        try await Self.execute(session, "3", "--*-- Need-Table: t, nowhere\ndrop table t;")
      }
      #expect(
        mixed?.message.hasSuffix("there is Need-Table t; there is not Need-Table nowhere") == true,
        "\(mixed?.message ?? "")")
      #expect(try await session.values(Self.events) == ["EXECUTE 1", "EXECUTE 2"])
    }
  }

  /// What an alteration does to the options of a capture shows before anything is lost.
  @Test func alterationThatACaptureCannotFollowIsRefused() async throws {
    try await Self.withRoot { session async throws in
      let error = await #expect(throws: (any Error).self) {
        try await Self.execute(session, "1", "alter table t drop constraint t_pkey; alter table t drop column id;")
      }
      #expect(error != nil)
      #expect(try await session.values(Self.events, as: String.self).isEmpty)
      #expect(try await session.values("select state from trunkline.capture_check()") == ["ok"])
    }
  }

  /// Who may not silence the triggers may still change definitions, but no rows.
  @Test func rowsAreNotChangedTwiceWithoutTheRight() async throws {
    try await Self.withRoot { session in
      let role = "owner_\(UInt32.random(in: 0 ... .max))"
      try await session.connection.execute(
        """
        create role \(role); alter function londiste.set_session_replication_role(text, bool) owner to \(role);
        create table u (id int primary key); select trunkline.capture_add('u', 'q');
        """)
      #expect(try await Self.execute(session, "1", "alter table u add column n int; create table w ()") == .executed)
      let error = await #expect(throws: ScriptError.self) {
        try await Self.execute(session, "2", "insert into u values (1)")
      }
      #expect(error?.hint?.contains("grant set on parameter") == true)
      #expect(try await session.values(Self.events) == ["EXECUTE 1"])
      try await session.connection.execute(
        "alter function londiste.set_session_replication_role(text, bool) owner to postgres; drop role \(role)")
    }
  }
}
