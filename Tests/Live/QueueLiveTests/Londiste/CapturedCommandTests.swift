import Logging
import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// DDL that event triggers on the root capture, and what nodes do with it.
@Suite struct CapturedCommandTests {
  /// A root with table t in its set, table u not, and all classes of changes applied.
  private static func withRoot(_ body: (TestDatabase, QueueSession) async throws -> Void) async throws {
    try await QueueSession.with { database, session in
      try await session.connection.query(
        "select pgq_node.register_location('q', 'root', \(database.connectionString), false)")
      try await session.connection.execute(
        """
        select pgq_node.create_node('q', 'root', 'root', 'w', null, null, null);
        create schema s; create table s.t (id int primary key, v text); create table u (id int primary key);
        select londiste.local_add_table('q', 's.t');
        select trunkline.set_ddl_policy('q', null, 'apply');
        """)
      for statement in try await session.values("select * from trunkline.ddl_plan()", as: String.self) {
        try await session.connection.execute(statement)
      }
      #expect(try await session.values("select * from trunkline.ddl_plan()", as: String.self).isEmpty)
      try await session.connection.execute("delete from pgq.event_template")
      try await body(database, session)
    }
  }

  /// Type and class of what is in the queue since the last time.
  private static func events(_ session: QueueSession) async throws -> [String] {
    try await session.values(
      """
      with gone as (delete from pgq.event_template where ev_type !~ '^(pgq|londiste)' returning *)
      select ev_type || coalesce(' ' || ev_extra3, '') from gone order by ev_id
      """)
  }

  @Test func commandsOnTablesOfTheSetAreTold() async throws {
    try await Self.withRoot { _, session in
      let cases: [(String, [String])] = [
        ("insert into s.t values (1); ", ["I:id"]),
        ("alter table s.t add column n int default 3", ["EXECUTE add column"]),
        ("set search_path = s; alter table t add w text", ["trunkline.ddl add column"]),
        ("set search_path = s, public", []),
        ("alter table t alter column n type bigint", ["EXECUTE alter type"]),
        ("alter table t add constraint c check (n > ';'::text::bytea::text::int) not valid", ["EXECUTE constraint"]),
        ("alter table t add x int, drop column w, alter n set not null", ["EXECUTE add column,drop column,constraint"]),
        ("create index concurrently i on t (v)", ["EXECUTE index"]),
        ("drop index i", ["EXECUTE index"]),
        ("alter table t drop column x", ["EXECUTE drop column"]),
        ("alter table t set (fillfactor = 50)", ["EXECUTE other"]),
        ("do $$ begin alter table t add column y int; end $$", ["trunkline.ddl other"]),
        ("alter table t rename to t2", ["trunkline.ddl other"]),
        ("alter table t2 rename to t", ["trunkline.ddl other"]),
        ("alter table u add column n int; create index on u (n); drop table u; create table u (id int)", []),
        ("create temp table t3 (id int); drop table t3", []),
        ("set session_replication_role = replica", []), ("alter table t add column z int", []),
        ("reset session_replication_role", []), ("drop table t", ["trunkline.ddl other"]),
      ]
      for (command, expected) in cases {
        try await session.connection.execute(command)
        #expect(try await Self.events(session) == expected, "\(command)")
      }
    }
  }

  @Test func textSaysWhatToRunAndForWhom() async throws {
    try await Self.withRoot { _, session in
      try await session.connection.execute("set search_path = s, \"Odd one\"")
      try await session.connection.execute("create unique index concurrently i on t (v)")
      let event = try await session.connection.query(
        "select ev_data, ev_extra1, ev_extra2, ev_extra4 from pgq.event_template where ev_type = 'EXECUTE'"
      ).first?.decode(String.self, String.self, String.self, String.self)
      let (data, name, attributes, author) = try #require(event)
      #expect(
        data == """
          select pg_catalog.set_config('search_path', 's, "Odd one"', true);
          create unique index i on t (v)
          """)
      #expect(name.hasPrefix("ddl/root/") && attributes == "local-table=s.t" && author == "role=postgres")

      // a script is told as a script
      try await session.connection.execute(
        "reset search_path; delete from pgq.event_template where ev_type = 'EXECUTE'")
      let script = try ScriptExecution(queue: "q", name: "1", sql: "alter table s.t add column n int")
      _ = try await session.connection.transaction { try await script.perform($0) }
      #expect(try await Self.events(session) == ["EXECUTE"])
      // and what nobody wants to know is not told
      try await session.connection.execute("select trunkline.set_ddl_policy('q', 'add column', 'ignore')")
      try await session.connection.execute("alter table s.t add column m int")
      try await session.connection.execute("select trunkline.set_ddl_policy('q', null, null)")
      try await session.connection.execute("drop table s.t")
      #expect(try await Self.events(session).isEmpty)
    }
  }

  @Test func classesAreToldByTheWords() async throws {
    try await Self.withRoot { _, session in
      let cases = [
        ("add id int", "add column"), ("add column if not exists \"add constraint\" int", "add column"),
        ("add primary key (id)", "constraint"), ("add unique using index i", "constraint"),
        ("drop constraint c", "constraint"),
        ("alter column v drop not null", "constraint"), ("drop v", "drop column"),
        ("drop column if exists v", "drop column"),
        ("alter v drop default", "other"), ("alter v set default 'drop column v'", "other"),
        ("rename column v to w", "other"),
        ("alter v set data type text -- add column", "alter type"), ("alter \"type\" type text", "alter type"),
        ("owner to bob", "other"), ("validate constraint c", "constraint"), ("attach partition p default", "other"),
      ]
      for (clause, expected) in cases {
        let classes: [String] = try await session.value(
          "select trunkline._ddl_classes('ALTER TABLE', trunkline._ddl_bare(\("alter table t \(clause)")))")
        #expect(classes == [expected], "\(clause)")
      }
      #expect(try await session.value("select trunkline._ddl_bare('select $a$;$a$') is null") == true)
    }
  }

  /// Runs what the root's queue holds on a leaf, as its worker would.
  private static func run(
    _ root: QueueSession, _ leaf: QueueSession
  ) async throws -> ScriptExecution.Outcome {
    let event = try await root.connection.query(
      """
      select ev_type, ev_extra1, ev_data, ev_extra2, ev_extra3 from pgq.event_template
      where ev_type in ('EXECUTE', 'trunkline.ddl') order by ev_id desc limit 1
      """
    ).first?.decode(String.self, String.self, String.self, String?.self, String?.self)
    let (type, name, data, attributes, classes) = try #require(event)
    let script = try ScriptExecution(
      queue: "q", eventType: type, eventName: name, data: data, attributes: attributes, classes: classes)
    return try await leaf.connection.transaction { try await script.perform($0) }
  }

  @Test func nodesApplyHoldOrIgnore() async throws {
    try await Self.withRoot { rootDatabase, root in
      try await withDatabase { database in
        var creation = NodeCreation(
          queue: "q", type: .leaf, name: "leaf", publicLocation: database.connectionString, worker: "w_leaf")
        creation.provider = rootDatabase.connectionString
        _ = try await creation.run(
          local: PostgresConfiguration(database.connectionString), logger: Logger(label: "test")
        ) { _ in }
        let leaf = try await QueueSession(database)
        let owner = "owner_\(UInt32.random(in: 0 ... .max))"
        try await leaf.connection.execute(
          """
          create schema s; create table s.t (id int primary key, v text); create role \(owner);
          alter table s.t owner to \(owner); grant all on schema s to \(owner);
          select londiste.local_add_table('q', 's.t', array['expect_sync']);
          """)

        // with the owner's rights, however much the worker may
        try await root.connection.execute("create index mine on s.t (v)")
        #expect(try await Self.run(root, leaf) == .executed)
        #expect(try await Self.run(root, leaf) == .alreadyApplied)
        try await leaf.connection.execute("revoke all on schema s from \(owner)")
        try await root.connection.execute("create index other on s.t (v)")
        await #expect(throws: ScriptError.self) { try await Self.run(root, leaf) }
        try await leaf.connection.execute("grant all on schema s to \(owner)")
        #expect(try await Self.run(root, leaf) == .executed)
        #expect(try await leaf.value("select current_user::text") == "postgres")

        // the leaf's own policy, then a decision
        try await leaf.connection.execute("select trunkline.set_ddl_policy('q', 'index', 'ignore')")
        try await root.connection.execute("create index third on s.t (v)")
        #expect(try await Self.run(root, leaf) == .recorded)
        try await root.connection.execute("select trunkline.set_ddl_policy('q', 'drop column', 'hold')")
        try await root.connection.execute("alter table s.t drop column v")
        let held = await #expect(throws: ScriptError.self) { try await Self.run(root, leaf) }
        #expect(held?.message.contains("alter table s.t drop column v") == true, "\(held?.message ?? "")")
        let name: String = try await root.value(
          "select ev_extra1 from pgq.event_template where ev_type = 'trunkline.ddl'")
        #expect(held?.hint?.contains("trunkline ddl decide --queue q \(name) apply") == true)
        #expect(try await leaf.value("select count(*) from londiste.applied_execute", as: Int.self) == 3)
        try await leaf.connection.query("select trunkline.decide_ddl('q', \(name), 'apply')")
        #expect(try await Self.run(root, leaf) == .executed)
        try await root.connection.execute("alter table s.t rename to t2")
        let next: String = try await root.value(
          "select ev_extra1 from pgq.event_template where ev_type = 'trunkline.ddl' order by ev_id desc limit 1")
        try await leaf.connection.query("select trunkline.decide_ddl('q', \(next), 'skip')")
        #expect(try await Self.run(root, leaf) == .recorded)
        #expect(
          try await leaf.value(
            "select string_agg(attname, ',') from pg_attribute where attrelid = 's.t'::regclass and attnum > 0 and not attisdropped"
          )
            == "id")
        try await leaf.connection.execute("drop owned by \(owner) cascade; drop role \(owner)")
        await leaf.connection.close()
      }
    }
  }
}
