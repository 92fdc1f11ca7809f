import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// The functions of londiste: what they return and what they leave behind.
@Suite struct LondisteFunctionTests {
  /// Codes, notes, rows and triggers are those of the original, which runs the same statements.
  @Test(.originalLondiste, .timeLimit(.minutes(5)), arguments: LondisteScenario.allCases)
  func answersOfTablesAreTheOriginals(scenario: LondisteScenario) async throws {
    let statements = scenario.statements
    let ours = try await withDatabase { database in try await Self.run(statements, on: database) }
    let theirs = try await withDatabase(schemas: false) { database in
      try await OriginalPgQ.createExtension(in: database)
      try await database.psql("create extension pgq_node; create extension londiste;")
      return try await Self.run(statements, on: database)
    }
    #expect(theirs.count > 40)
    #expect(ours.difference(from: theirs).map { "\($0)" } == [])
  }

  private static func run(_ statements: String, on database: TestDatabase) async throws -> [String] {
    let output = try await database.tools().tryPsql(
      statements, arguments: ["-v", "ON_ERROR_STOP=0", "-v", "VERBOSITY=terse", "-f", "-"])
    // our definitions of foreign keys name the schema, which holds whatever the search path is
    let lines = output.standardOutput.split(separator: "\n").map { line in
      String(line).replacing("REFERENCES public.", with: "REFERENCES ")
    }
    let errors = output.standardError.split(separator: "\n").filter { $0.contains("ERROR") }.map { line in
      String(line).replacing(/^.*ERROR: +/, with: "error: ").replacing(#/ at character \d+$/#, with: "")
    }
    return lines + errors
  }

  /// The original answers 405 and has added the table all the same.
  @Test func refusedTableIsNotAdded() async throws {
    try await QueueSession.with { _, session in
      try await session.connection.execute(
        """
        create table m (id int primary key);
        select pgq_node.register_location(q, n, 'x', false)
        from unnest('{c, p1, p2}'::text[]) q, unnest('{here, there}'::text[]) n;
        select pgq_node.create_node('c', 'root', 'here', 'w', null, null, null);
        select pgq_node.create_node(q, 'leaf', 'here', 'w_' || q, 'there', 1, 'c') from unnest('{p1, p2}'::text[]) q;
        select londiste.global_add_table(q, 'm') from unnest('{p1, p2}'::text[]) q;
        """)
      let refused: Int = try await session.value("select ret_code from londiste.local_add_table('p1', 'm')")
      #expect(refused == 405)
      #expect(try await session.value("select count(*) from londiste.table_info where local", as: Int.self) == 0)
      let added: Int = try await session.value(
        "select ret_code from londiste.local_add_table('p1', 'm', '{merge_all}')")
      #expect(added == 200)
      let local: [String] = try await session.values(
        "select queue_name || ' ' || coalesce(merge_state, 'copy') from londiste.table_info where local order by 1")
      #expect(local == ["c ok", "p1 copy", "p2 copy"])
    }
  }

  /// The original makes an AFTER trigger with SKIP, which fails at the first change.
  @Test func queueOnlyTableKeepsNoRows() async throws {
    try await QueueSession.with { _, session in
      try await session.createRoot()
      try await session.connection.execute("create table k (id int primary key)")
      try await session.connection.query("select londiste.local_add_table('q', 'k', '{skip}')")
      try await session.connection.execute("insert into k values (7)")
      #expect(try await session.value("select count(*) from k", as: Int.self) == 0)
      #expect(
        try await session.value("select ev_data from pgq.event_template where ev_type like 'I:%'") == "id=7")
    }
  }

  /// The original's TRUNCATE of a table with another name here carries that name, and no other node knows it.
  @Test func truncateOfARenamedTableCarriesItsNameInTheSet() async throws {
    try await QueueSession.with { _, session in
      try await session.createRoot()
      try await session.connection.execute("create table here (id int primary key)")
      try await session.connection.query("select londiste.local_add_table('q', 'there', '{}', null, 'here')")
      try await session.connection.execute("insert into here values (1); truncate here")
      let events: [String] = try await session.values(
        "select ev_type || ' ' || ev_extra1 from pgq.event_template where ev_extra1 <> 'q' order by ev_id")
      #expect(events == ["I:id public.there", "R public.there"])
    }
  }

  /// Descending and wide-stepped sequences, and one that comes to its end.
  @Test func sequencesArePublishedAheadInTheirDirection() async throws {
    try await QueueSession.with { _, session in
      try await session.createRoot()
      try await session.connection.execute(
        """
        create sequence down increment -1 minvalue -1000000 maxvalue -1;
        create sequence wide increment 100;
        create sequence short maxvalue 50;
        select londiste.local_add_seq('q', s) from unnest('{down, wide, short}'::text[]) s
        """)
      func published() async throws -> [String] {
        try await session.values("select seq_name || ' ' || last_value from londiste.get_seq_list('q') order by 1")
      }
      #expect(try await published() == ["public.down -30001", "public.short 50", "public.wide 3000001"])
      try await session.connection.execute("select setval('down', -25000); select setval('wide', 100)")
      try await session.connection.query("select londiste.root_check_seqs('q')")
      #expect(try await published() == ["public.down -55000", "public.short 50", "public.wide 3000001"])
    }
  }

  @Test func partitionsOfPartitionedTablesAreMadeAndDropped() async throws {
    try await QueueSession.with { _, session in
      try await session.connection.execute(
        """
        create table log (id int, at timestamptz not null) partition by range (at);
        grant select on log to public
        """)
      let create = PostgresQuery(
        "select londiste.create_partition('public.log', 'public.log_2011_02', 'id', 'at', '2011-02-10', 'month')")
      #expect(try await session.value(create, as: Int.self) == 1)
      #expect(try await session.value(create, as: Int.self) == 0)
      try await session.connection.execute("insert into log values (1, '2011-02-28 23:59')")
      #expect(try await session.value("select count(*) from log_2011_02", as: Int.self) == 1)
      #expect(try await session.value("select has_table_privilege('public', 'log_2011_02', 'select')") == true)
      let dropped: [String] = try await session.values(
        "select londiste.drop_obsolete_partitions('public.log', '1 year', 'month')")
      #expect(dropped == ["public.log_2011_02"])
    }
  }

  /// Two sets bring the same script at the same time: the second waits and finds it done.
  @Test(.timeLimit(.minutes(2))) func scriptRunsOnceWhicheverSetBringsIt() async throws {
    try await QueueSession.with { database, session in
      try await session.connection.execute(
        """
        select pgq_node.register_location(q, n, 'x', false) from unnest('{p1, p2}'::text[]) q, unnest('{a, b}'::text[]) n;
        select pgq_node.create_node(q, 'leaf', 'a', 'w', 'b', 1, null) from unnest('{p1, p2}'::text[]) q
        """)
      let other = try await QueueSession(database)
      try await session.connection.execute("begin; select londiste.execute_start('p1', 'f.sql', 'select 1', false)")
      async let second: Int = other.value(
        "select ret_code from londiste.execute_start('p2', 'f.sql', 'select 1', false)")
      try await pollUntil("the second to wait") {
        try await session.value(
          "select exists (select 1 from pg_locks where not granted and pid = \(other.connection.backendPID))")
      }
      try await session.connection.execute("commit")
      #expect(try await second == 201)
      await other.connection.close()
    }
  }
}

extension Trait where Self == ConditionTrait {
  static var originalLondiste: Self {
    .enabled("the extension londiste is not installed: make deps") {
      let cluster = try await SharedCluster.shared()
      return try await PostgresTools(cluster: cluster).psql(
        "select count(*) from pg_available_extensions where name = 'londiste';") == "1"
    }
  }
}
