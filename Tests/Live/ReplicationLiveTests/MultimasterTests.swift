import EventFormats
import EventQueue
import Logging
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// The handler `multimaster`: last writer wins, with another key and a parent.
@Suite struct MultimasterTests {
  static let tables = """
    create table parent (id int primary key); create table t (id int primary key, code text, p int, at timestamptz)
    """

  private func load(_ fixture: ReplicationFixture, _ sql: String, _ arguments: String) async throws {
    try await fixture.source.run("select pgq.register_consumer('changes', 'master')")
    try await fixture.source.run(sql)
    try await fixture.tick()
    let table = try QualifiedName(unquoted: "public.t")
    let handler = try HandlerRegistry.standard.make(
      HandlerSpec(parsing: "multimaster(\(arguments))"), HandlerContext(table: table))
    var options = LoadOptions()
    options.handlers.add(handler, for: table)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let worker = TransferWorker(
      source: PostgresConfiguration(fixture.source.connectionString),
      target: PostgresConfiguration(fixture.target.connectionString), queue: "changes", consumer: "master",
      logger: logger, start: TableLoad(options, logger: logger).start)
    try await worker.drain()
  }

  private func rows(_ fixture: ReplicationFixture) async throws -> String {
    try await fixture.target.value(
      "select coalesce(string_agg(concat_ws(':', id, code, p, at::date), ' ' order by id), '') from t")
  }

  @Test func theLaterChangeStays() async throws {
    try await ReplicationFixture.with(tables: Self.tables, captured: ["t"]) { fixture in
      try await fixture.target.run(
        "insert into t values (1, 'mine', null, '2020-01-05'), (2, 'mine', null, '2020-01-01'), (3, 'm', null, null)")
      try await load(
        fixture, "insert into t select g, 'yours', null, timestamptz '2020-01-03' from generate_series(1, 4) g",
        "timefield=at")
      #expect(try await rows(fixture) == "1:mine:2020-01-05 2:yours:2020-01-03 3:yours:2020-01-03 4:yours:2020-01-03")
      try await load(
        fixture,
        "delete from t where id in (1, 2); update t set at = '2020-01-02', code = 'older' where id = 3; update t set at = '2020-01-04' where id = 4",
        "timefield=at")
      #expect(try await rows(fixture) == "1:mine:2020-01-05 3:yours:2020-01-03 4:yours:2020-01-04")
    }
  }

  @Test func anOlderRowOfTheOtherKeyGivesWay() async throws {
    let tables = Self.tables + "; create unique index on t (code)"
    try await ReplicationFixture.with(tables: tables, captured: ["t"]) { fixture in
      try await fixture.target.run(
        "insert into t values (1, 'a', null, '2020-01-01'), (2, 'b', null, '2020-01-09')")
      try await load(
        fixture, "insert into t values (11, 'a', null, '2020-01-05'), (12, 'b', null, '2020-01-05')",
        "timefield=at&altpk=code")
      #expect(try await rows(fixture) == "2:b:2020-01-09 11:a:2020-01-05")
      #expect(
        try await fixture.target.value("select string_agg(kind || outcome || conflicts, ' ') from trunkline.conflict")
          == "alternate_keykept1")
    }
  }

  @Test func aRowWithoutItsParentIsLeftOut() async throws {
    try await ReplicationFixture.with(tables: Self.tables, captured: ["parent", "t"]) { fixture in
      try await fixture.target.run("insert into parent values (1)")
      try await load(
        fixture,
        """
        insert into parent values (3);
        insert into t values (1, 'a', 1, '2020-01-05'), (2, 'b', 2, '2020-01-05'), (3, 'c', 3, '2020-01-05'),
          (4, 'd', null, '2020-01-05')
        """, "timefield=at&fkey_cols=p&fkey_ref_table=public.parent&fkey_ref_cols=id")
      #expect(try await rows(fixture) == "1:a:1:2020-01-05 3:c:3:2020-01-05 4:d:2020-01-05")
      #expect(
        try await fixture.target.value("select string_agg(kind || outcome || conflicts, ' ') from trunkline.conflict")
          == "parent_missingkept1")
    }
  }
}
