import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// The same from Swift.
@Suite struct CaptureRegistryTests {
  @Test func addListCheckRemove() async throws {
    try await CaptureFixture.with(
      #"""
      create table t (id int primary key, a text, b text); create table "Odd, ""Name" ("Key" int primary key);
      create table p (id int primary key) partition by list (id); create table p1 partition of p default;
      create schema s1; create schema s2; create table s1.x (id int primary key); create temp table tmp (id int);
      """#
    ) { fixture in
      let connection = try await PostgresConnection.connect(PostgresConfiguration(fixture.database.connectionString))
      let registry = CaptureRegistry(connection)
      let options = CaptureOptions(key: ["id"], ignore: ["b"], when: "a <> 'x'", before: true, originOnly: true)
      let plan = try await registry.plan("t", queue: "q", options)
      #expect(plan.count == 11 && plan[0].hasPrefix("create or replace function trunkline."))
      #expect(try await registry.list().isEmpty)
      #expect(try await registry.add("t", queue: "q", options) == .added)
      #expect(try await registry.add("public.t", queue: "q", options) == .unchanged)
      #expect(try await registry.add("t", queue: "q") == .replaced)
      #expect(try await registry.add("t", queue: "q", options) == .replaced)
      let odd = "public.\"Odd, \"\"Name\""
      #expect(try await registry.candidates() == [odd, "public.p", "public.t", "s1.x"])
      #expect(try await registry.candidates(schemas: ["s?"]) == ["s1.x"])
      #expect(try await registry.add(odd, queue: "q") == .added)
      #expect(try await registry.add("p", queue: "q") == .added)
      var expected = options
      expected.key = nil
      #expect(
        try await registry.list() == [
          TableCapture(table: odd, queue: "q", mode: .statement, key: ["Key"]),
          TableCapture(table: "public.p", queue: "q", mode: .row, key: ["id"]),
          TableCapture(table: "public.t", queue: "q", mode: .statement, key: ["id"], options: expected),
        ])
      try await connection.execute("alter table t add column c int")
      #expect(try await registry.check().map(\.state) == [.ok, .ok, .stale])
      #expect(try await registry.refresh() == 1)
      #expect(try await registry.removalPlan("t", queue: "q").last?.hasPrefix("drop function") == true)
      #expect(try await registry.remove("t", queue: "q"))
      #expect(try await registry.remove("t", queue: "q") == false)
      #expect(try await registry.remove("p", queue: "q"))
      let left = try await connection.query(
        "select 1 from pg_trigger t where tgname like 'trunkline%' and tgrelid::regclass::text !~ '^pgq\\.'")
      #expect(left.count == 6)
      await connection.close()
    }
  }
}
