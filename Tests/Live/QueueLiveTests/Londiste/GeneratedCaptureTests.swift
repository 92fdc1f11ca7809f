import PostgresTesting
import Testing

/// Debian's Londiste on a leaf under a root whose tables are captured by generated triggers.
@Suite struct GeneratedCaptureTests {
  @Test(.originalTicker, .originalPython, .originalLondisteProgram, .timeLimit(.minutes(5)))
  func londisteAppliesGeneratedEvents() async throws {
    try await withDatabase { root in
      try await withDatabase { leaf in
        let cascade = try OriginalCascade([("root", root), ("leaf", leaf)])
        try await cascade.londiste("root", ["create-root", "root", cascade.location("root")])
        try await cascade.londiste(
          "leaf", ["create-leaf", "leaf", cascade.location("leaf"), "--provider=\(cascade.location("root"))"])
        try await root.psql(
          "update pgq.queue set queue_ticker_max_lag = '0.1 s', queue_ticker_idle_period = '0.5 s';")
        try await root.psql(
          """
          create table account (id int primary key, name text, amount numeric, at timestamptz, tags text[], doc jsonb, yes bool);
          insert into account select i, 'n' || i, i from generate_series(1, 100) i;
          create table other (id int primary key);
          """)
        try await leaf.psql("create table \"Else\" (id int primary key)")
        try await cascade.run(withLondiste: true) {
          try await cascade.londiste("root", ["add-table", "account", "other", "--trigger-flags=AIUDG"])
          #expect(try await root.psql("select count(*) from trunkline.capture") == "2")
          try await pollUntil("the leaf to know the set") {
            try await leaf.psql("select count(*) = 2 from londiste.table_info;") == "t"
          }
          try await cascade.londiste("leaf", ["add-table", "--create", "account", "--trigger-flags=AIUDG"])
          try await cascade.londiste("leaf", ["add-table", "other", "--dest-table=Else"])
          try await cascade.londiste("leaf", ["wait-sync"])
          try await root.psql(
            """
            update account set amount = -1, doc = '{"a": [1, "x"]}', tags = '{a,"b c"}' where id < 50; delete from account where id > 90;
            insert into account values (500, E'it''s \\\\ ü', 1.50, '2026-01-01', '{}', 'null', true); insert into other values (1), (2);
            """)
          let rows = "select md5(string_agg(a::text, ',' order by id)) from account a"
          let wanted = try await root.psql(rows)
          try await pollUntil("the changes to be applied") { try await leaf.psql(rows) == wanted }
          try await pollUntil("the other table") { try await leaf.psql("select count(*) from \"Else\"") == "2" }
          try await root.psql("truncate account; insert into account (id) values (7); truncate other")
          try await pollUntil("the TRUNCATE to be applied") {
            try await leaf.psql("select (select min(id) from account) = 7 and not exists (select 1 from \"Else\")")
              == "t"
          }
        }
      }
    }
  }
}
