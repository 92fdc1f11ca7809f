import Foundation
import PostgresClient
import PostgresTesting
import Testing

/// The functions of pgq_node: what they return and whom they serve.
@Suite struct NodeFunctionTests {
  /// Codes, notes and rows are those of the original, which runs the same statements.
  @Test(.originalNodes, .timeLimit(.minutes(5))) func answersAreTheOriginals() async throws {
    let ours = try await withDatabase { database in try await Self.run(on: database) }
    let theirs = try await withDatabase(schemas: false) { database in
      try await OriginalPgQ.createExtension(in: database)
      try await database.psql("create extension pgq_node;")
      return try await Self.run(on: database)
    }
    #expect(theirs.count > 150)
    #expect(ours.difference(from: theirs).isEmpty)
  }

  private static func run(on database: TestDatabase) async throws -> [String] {
    let output = try await database.tools().tryPsql(
      NodeScenario.statements, arguments: ["-v", "ON_ERROR_STOP=0", "-v", "VERBOSITY=terse", "-f", "-"])
    let lines = output.standardOutput.split(separator: "\n").map(String.init)
    let errors = output.standardError.split(separator: "\n").map {
      String($0).replacing(/^.*ERROR: +/, with: "error: ")
    }
    return lines + errors
  }

  @Test func mistakesAreNamed() async throws {
    try await QueueSession.with { _, session in
      func answer(_ call: String) async throws -> String {
        try await session.value("select ret_code || ' ' || ret_note from pgq_node.\(raw: call)")
      }
      #expect(
        try await answer("create_node('q', 'root', 'a', 'w', null, null, null)") == "401 location not registered: a")
      _ = try await answer("register_location('q', 'a', 'dbname=a', false)")
      #expect(try await answer("create_node('q', 'twig', 'a', 'w', null, null, null)") == "401 Unknown node type: twig")
      #expect(
        try await answer("create_node('q', 'leaf', 'a', 'w', 'a', null, null)")
          == "401 global watermark not set for leaf")
      #expect(
        try await answer("create_node('q', 'branch', 'a', 'w', 'a', 1, 'x')")
          == "401 combined queue not allowed for branch")
      #expect(try await answer("create_node('q', 'root', 'a', 'w', null, null, null)").hasPrefix("200 "))
      #expect(
        try await answer("register_location('q', 'b', null, false)") == "401 Location not given for new node: b")
      #expect(
        try await answer("register_subscriber('q', 'b', 'wb', null)") == "404 Location not registered: b")
      #expect(try await answer("register_consumer('q', 'c', 'b', 1)") == "404 Location not registered: b")
      #expect(
        try await answer("set_subscriber_watermark('q', 'b', 1)") == "404 node b not subscribed to queue q")
    }
  }

  /// An administrator's interrupted work is said again.
  @Test func subscribingAgainGoesOn() async throws {
    try await QueueSession.with { _, session in
      try await session.createRoot()
      for _ in 0..<3 { try await session.tick("q") }
      let register = PostgresQuery("select ret_code from pgq_node.register_subscriber('q', 'b', 'wb', null)")
      #expect(try await session.value(register, as: Int.self) == 200)
      try await session.connection.query("select pgq_node.set_subscriber_watermark('q', 'b', 3)")
      #expect(try await session.value(register, as: Int.self) == 200)
      #expect(try await session.positions() == [".b.watermark 3", ".global_watermark 1", "wb 1"])
      let moved = PostgresQuery("select ret_code from pgq_node.register_subscriber('q', 'b', 'wb', 4)")
      #expect(try await session.value(moved, as: Int.self) == 200)
      #expect(try await session.positions() == [".b.watermark 3", ".global_watermark 1", "wb 4"])
      let renamed = PostgresQuery("select ret_code from pgq_node.register_subscriber('q', 'b', 'other', 2)")
      #expect(try await session.value(renamed, as: Int.self) == 200)
      #expect(try await session.positions() == [".b.watermark 3", ".global_watermark 1", "other 2"])
    }
  }

  @Test func administrationIsForAdministrators() async throws {
    try await QueueSession.with { _, session in
      let granted: [String] = try await session.values(
        """
        select r || ': ' || string_agg(p.proname, ' ' order by p.proname)
        from unnest('{pgq_reader, pgq_writer}'::text[]) r, pg_proc p
        where p.pronamespace = 'pgq_node'::regnamespace and has_function_privilege(r, p.oid, 'execute')
          and not has_function_privilege('public', p.oid, 'execute')
        group by r order by r
        """)
      let reading =
        "get_consumer_info get_consumer_state get_node_info get_queue_locations get_subscriber_info register_subscriber"
        + " set_subscriber_watermark unregister_subscriber"
      #expect(granted.first == "pgq_reader: " + reading)
      #expect(granted.last?.contains("set_consumer_completed") == true)
      #expect(granted.allSatisfy { !$0.contains("create_node") && !$0.contains("demote_root") })
      let unpinned: [String] = try await session.values(
        """
        select proname from pg_proc
        where pronamespace = 'pgq_node'::regnamespace and not coalesce(proconfig::text like '%pg_catalog, pg_temp%', false)
        """)
      #expect(unpinned.isEmpty)
    }
  }
}

extension QueueSession {
  /// A root of the cascaded queue `q`, with the location of a node `b`.
  func createRoot() async throws {
    try await connection.execute(
      """
      select pgq_node.register_location('q', 'a', 'dbname=a', false);
      select pgq_node.create_node('q', 'root', 'a', 'wa', null, null, null);
      select pgq_node.register_location('q', 'b', 'dbname=b', false);
      """)
  }

  func positions() async throws -> [String] {
    try await values("select consumer_name || ' ' || last_tick from pgq.get_consumer_info('q')")
  }
}

extension Trait where Self == ConditionTrait {
  static var originalNodes: Self {
    .enabled("the extension pgq_node is not installed: make deps") {
      let cluster = try await SharedCluster.shared()
      return try await PostgresTools(cluster: cluster).psql(
        "select count(*) from pg_available_extensions where name = 'pgq_node';") == "1"
    }
  }
}
