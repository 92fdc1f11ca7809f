import EventFormats
import PostgresClient
import PostgresTesting
import TableComparison
import TableReplication
import Testing

@Suite struct ApplyLiveTests {
  static let items = "create table public.items (id int primary key, name text, price numeric);"

  @Test func insertsUpdatesAndDeletesArrive() async throws {
    try await ReplicationFixture.with(tables: Self.items, captured: ["public.items"]) { fixture in
      try await fixture.worker().drain()  // registers the consumer
      try await fixture.source.psql(
        """
        insert into items select g, 'n' || g, g * 1.50 from generate_series(1, 1000) g;
        update items set name = null where id % 3 = 0;
        delete from items where id % 7 = 0;
        insert into items values (5000, E'tab\\t newline\\n backslash \\\\', 'NaN');
        """)
      try await fixture.tick()
      #expect(try await fixture.worker().drain() == 1000 + 333 + 142 + 1)
      let difference = try await fixture.differences("public.items")
      #expect(difference.count == 0)
      #expect(difference.targetRows == 859)
    }
  }

  @Test func changedKeysAndSwappedUniqueValuesArrive() async throws {
    let tables = "create table t (id int primary key, u int unique deferrable, v text);"
    try await ReplicationFixture.with(tables: tables, captured: ["public.t"]) { fixture in
      try await fixture.worker().drain()
      try await fixture.source.psql("insert into t select g, g, 'x' from generate_series(1, 100) g;")
      try await fixture.tick()
      try await fixture.worker().drain()
      try await fixture.source.psql(
        """
        update t set id = id + 1000 where id <= 10;
        update t set u = 61 - u where u between 20 and 41;
        update t set id = 5 where id = 1001; delete from t where id = 1002; insert into t values (1002, 2, 'again');
        """)
      try await fixture.tick()
      try await fixture.worker().drain()
      #expect(try await fixture.differences("public.t").count == 0)
    }
  }

  @Test func truncateInTheMiddleOfABatchArrives() async throws {
    try await ReplicationFixture.with(tables: Self.items, captured: ["public.items"]) { fixture in
      try await fixture.worker().drain()
      try await fixture.source.psql("insert into items select g, 'old', 1 from generate_series(1, 50) g;")
      try await fixture.tick()
      try await fixture.worker().drain()
      try await fixture.source.psql(
        """
        insert into items values (100, 'void', 1); truncate items;
        insert into items select g, 'new', 1 from generate_series(40, 60) g;
        """)
      try await fixture.tick()
      try await fixture.worker().drain()
      let difference = try await fixture.differences("public.items")
      #expect(difference.count == 0)
      #expect(difference.targetRows == 21)
    }
  }

  @Test func initialCopyAndChangesJoinWithoutGapOrOverlap() async throws {
    try await ReplicationFixture.with(tables: Self.items, captured: ["public.items"]) { fixture in
      try await fixture.source.psql("insert into items select g, 'before', 1 from generate_series(1, 500) g;")
      var worker = fixture.worker()
      worker.tablesToCopy = [try QualifiedName(schema: "public", name: "items")]
      try await worker.drain()
      try await fixture.source.psql(
        "update items set name = 'after' where id % 2 = 0; delete from items where id < 10;")
      try await fixture.tick()
      try await worker.drain()
      #expect(try await fixture.differences("public.items").count == 0)
    }
  }
}
