import PostgresTesting
import TableComparison
import TableReplication
import Testing

/// json and jsonb columns: their text arrives as it is, and not as a JSON string that holds it.
@Suite struct JSONColumnTests {
  static let tables = """
    create domain d_json as jsonb;
    create table t (id int primary key, u int unique deferrable, j json, jb jsonb, d d_json, a jsonb[]);
    """
  static let values = """
    (values (1, E' \\n{"a" :  1.00, "a":2 } \\t'), (2, '"text"'), (3, 'null'), (4, '[1, 2 ]'), (5, '-0'), (6, null)) x (id, v)
    """

  /// Few events are applied in sets, many as a stream of rows, and swapped unique values one after another.
  @Test(arguments: [1, 3000])
  func textArrivesUnchanged(_ copies: Int) async throws {
    try await ReplicationFixture.with(tables: Self.tables, captured: ["public.t"]) { fixture in
      try await fixture.worker().drain()
      try await fixture.source.psql(
        """
        insert into t select x.id * 10000 + g, x.id * 10000 + g, v::json, v::jsonb, v::d_json, array[v::jsonb]
          from \(Self.values), generate_series(1, \(copies)) g;
        """)
      try await fixture.tick()
      try await fixture.worker().drain()
      try await fixture.source.psql(
        """
        update t set j = '  {"new" : [ ]}', d = '"x"' where id % 2 = 0; update t set id = id + 1000000 where id < 20000;
        update t set u = 80001 - u, jb = '"swapped"' where id < 60000;
        """)
      try await fixture.tick()
      try await fixture.worker().drain()
      #expect(try await fixture.differences("public.t").count == 0)
      let content = "select md5(string_agg(x::text, '' order by id)) from t x;"
      #expect(try await fixture.source.psql(content) == (try await fixture.target.psql(content)))
    }
  }
}
