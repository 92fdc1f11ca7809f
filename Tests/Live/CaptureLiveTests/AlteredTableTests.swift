import PostgresClient
import PostgresTesting
import Testing

/// ALTER TABLE on a captured table breaks no write and loses nothing, also in sessions that have used the capture before.
@Suite struct AlteredTableTests {
  static let plain = "create table t (id int primary key, a text, b char(4), c text, secret text);"
  static let partitioned = """
    create table t (id int primary key, a text, b char(4), c text, secret text) partition by range (id);
    create table t1 partition of t for values from (0) to (50); create table t2 partition of t for values from (50) to (9999);
    """

  static let alterations = [
    "alter table t add column d numeric default 1.50",
    "alter table t drop column a",
    "alter table t rename column a to other",
    "alter table t rename column id to ident",
    "alter table t drop column c, add column c timestamptz default '2020-01-01 12:00+02'",
    "alter table t alter column b type char(8)",
    "alter table t alter column c type bytea using decode('ff00', 'hex')",
    "alter table t rename to renamed",
    "create schema home; alter table t set schema home",
    "alter schema public rename to home",
    "alter table t drop constraint t_pkey, add primary key (id)",
    "alter table t alter column id type int8",
    "alter table t add column g int generated always as (id + 1) stored",
  ]

  @Test(arguments: alterations, [plain, partitioned])
  func alteration(_ statement: String, _ table: String) async throws {
    // PostgreSQL refuses that
    if statement.contains("id type"), table == Self.partitioned { return }
    // another constraint over the same columns makes no difference
    let state = statement.contains("drop constraint") ? "ok" : "stale"
    try await CaptureFixture.with(table) { fixture in
      try await fixture.capture("t")
      let session = try await PostgresConnection.connect(PostgresConfiguration(fixture.database.connectionString))
      try await session.execute("set search_path = public, home")
      func write(_ start: Int, _ table: String, _ key: String) async throws {
        // more than five times each: after that PostgreSQL keeps generic plans
        for id in start..<(start + 7) {
          try await session.execute("insert into \(table) (\(key)) values (\(id))")
          try await session.execute("update \(table) set secret = 'x' where \(key) <= \(id)")
          try await session.execute("delete from \(table) where \(key) = \(id - 3)")
        }
      }
      try await write(1, "t", "id")
      try await fixture.psql(statement)
      let table =
        (statement.contains("home") ? "home." : "public.") + (statement.contains("to renamed") ? "renamed" : "t")
      let key = statement.contains("ident") ? "ident" : "id"
      try await session.execute("set datestyle = 'German'; set timezone = 'Asia/Tokyo'; set bytea_output = escape")
      // older events have the older columns: start anew with every row there is
      try await fixture.psql("delete from pgq.event_template;")
      try await session.execute("update \(table) set secret = 'again'")
      try await write(20, table, key)
      try await fixture.expectConverged(table)
      let written = try await fixture.psql(
        """
        select string_agg(k, ',') = (select string_agg(attname, ',' order by attnum) from pg_attribute
          where attrelid = '\(table)'::regclass and attnum > 0 and not attisdropped)
        from (select ev_data from pgq.event_template where ev_type like '%UPDATE%' order by ev_id desc limit 1) e,
          json_object_keys(ev_data::json) k;
        """)
      #expect(written == "t")
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == state)
      try await fixture.psql("select trunkline.maint_refresh_captures();")
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == "ok")
      try await write(40, table, key)
      try await fixture.expectConverged(table)
      await session.close()
    }
  }

  @Test func keyThatIsDroppedAndFilterThatNoLongerWorks() async throws {
    try await CaptureFixture.with(Self.plain) { fixture in
      try await fixture.capture("t", #"{"when": "c is distinct from 'no'"}"#)
      try await fixture.psql(
        "insert into t (id, c) values (1, 'no'); alter table t drop column c; insert into t (id) values (2);")
      #expect(
        try await fixture.psql("select ev_data from pgq.event_template;")
          == #"{"id":2,"a":null,"b":null,"secret":null}"#)
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == "broken")
      #expect(try await fixture.failure("select trunkline.capture_refresh('t');").contains("does not fit"))
      try await fixture.capture("t")
      try await fixture.psql("alter table t drop constraint t_pkey; insert into t (id) values (2);")
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == "broken")
      #expect(try await fixture.psql("select count(*) from pgq.event_template;") == "2")
      try await fixture.capture("t", #"{"key": ["id"]}"#)
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == "ok")
    }
  }

  @Test func ignoredColumnStaysIgnoredUnderItsNewName() async throws {
    try await CaptureFixture.with(Self.plain) { fixture in
      try await fixture.capture("t", #"{"ignore": ["secret"]}"#)
      try await fixture.psql(
        """
        alter table t rename column secret to hidden; insert into t (id, hidden) values (1, 'x');
        select trunkline.capture_refresh(); insert into t (id, hidden) values (2, 'y'); update t set hidden = 'z';
        """)
      #expect(
        try await fixture.psql(
          "select count(*), count(*) filter (where ev_data like '%hidden%') from pgq.event_template;") == "2|0")
    }
  }

  @Test func triggersThatAreLostAreReportedAndMadeAgain() async throws {
    try await CaptureFixture.with(Self.plain) { fixture in
      try await fixture.capture("t")
      for damage in [
        "alter table t disable trigger user;", "drop function trunkline.\(try await function(fixture)) cascade;",
      ] {
        try await fixture.psql(damage)
        #expect(try await fixture.psql("select state from trunkline.capture_check();") == "triggers")
        try await fixture.psql("select trunkline.capture_refresh();")
        #expect(try await fixture.psql("select state from trunkline.capture_check();") == "ok")
      }
      try await fixture.psql("drop table t;")
      #expect(try await fixture.psql("select state from trunkline.capture_check();") == "table gone")
      #expect(
        try await fixture.psql("select trunkline.capture_refresh(); select count(*) from trunkline.capture;") == "1\n0")
    }
  }

  private func function(_ fixture: CaptureFixture) async throws -> String {
    try await fixture.psql("select function_name from trunkline.capture;") + "()"
  }

  /// What such a transaction sees of the catalog is older than what the table is.
  @Test func oldSnapshotIsRefusedAfterAlterTable() async throws {
    try await CaptureFixture.with(Self.plain) { fixture in
      try await fixture.capture("t")
      let session = try await PostgresConnection.connect(PostgresConfiguration(fixture.database.connectionString))
      try await session.execute("insert into t (id) values (1)")
      for (statement, more) in [
        ("add column n int default 7", ""), ("drop column a", ""), ("alter column n type text", ""),
      ] {
        try await session.execute("begin isolation level repeatable read; select 1;\(more)")
        try await fixture.psql("alter table t \(statement);")
        let error = await #expect(throws: PostgresError.self) { try await session.execute("update t set secret = 'x'") }
        #expect(error?.sqlState == .serializationFailure)
        try await session.execute("rollback")
        try await session.execute("update t set secret = 'y'")
      }
      await session.close()
      let last = try await fixture.psql("select ev_data from pgq.event_template order by ev_id desc limit 1;")
      #expect(last == #"{"id":1,"b":null,"c":null,"secret":"y","n":"7"}"#)
    }
  }
}
