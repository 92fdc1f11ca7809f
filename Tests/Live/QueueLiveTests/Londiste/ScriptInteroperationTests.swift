import Foundation
import Logging
import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Scripts given by us are executed by Londiste's workers, and scripts given by Londiste by us, with their conditions.
@Suite struct ScriptInteroperationTests {
  @Test(.originalTicker, .originalPython, .originalLondisteProgram, .timeLimit(.minutes(5)))
  func scriptsGoBothWays() async throws {
    try await withDatabase { rootDatabase in
      try await withDatabase { leafDatabase in
        let cascade = try OriginalCascade([("root", rootDatabase), ("leaf", leafDatabase)])
        try await cascade.londiste("root", ["create-root", "root", cascade.location("root")])
        try await cascade.londiste(
          "leaf", ["create-leaf", "leaf", cascade.location("leaf"), "--provider=\(cascade.location("root"))"])
        try await rootDatabase.psql(
          "update pgq.queue set queue_ticker_max_lag = '0.1 s', queue_ticker_idle_period = '0.5 s';")
        for database in [rootDatabase, leafDatabase] {
          try await database.psql("create table a (id int primary key); create table b (id int primary key);")
        }
        let root = try await QueueSession(rootDatabase)
        let leaf = try await QueueSession(leafDatabase)
        try await cascade.run(withLondiste: true) {
          try await cascade.londiste("root", ["add-table", "a", "b"])
          try await pollUntil("the leaf to know the tables") {
            try await leaf.value("select count(*) = 2 from londiste.table_info")
          }
          try await cascade.londiste("leaf", ["add-table", "a"])
          try await cascade.londiste("leaf", ["wait-sync"])

          // ours, executed by Londiste: one where the leaf has the table, one where it does not
          for (name, text) in [
            ("ours-1.sql", "--*-- Local-Table: a\nalter table @a@ add column n int;\nupdate @a@ set n = 1;"),
            ("ours-2.sql", "--*-- Local-Table: b\n--*-- Need-Function: g(3)\nalter table b add column n int;"),
          ] {
            let script = try ScriptExecution(queue: "q", name: name, sql: text)
            try await root.connection.query("insert into b values (1) on conflict do nothing")
            if name == "ours-2.sql" {
              try await root.connection.execute(
                "create function g(int, int, int) returns int language sql as 'select 1'")
            }
            let outcome = try await root.connection.transaction { try await script.perform($0) }
            #expect(outcome == .executed)
          }
          try await pollUntil("the leaf to have executed both") {
            try await leaf.value("select count(*) = 2 from londiste.applied_execute")
          }
          let columns = PostgresQuery(
            "select string_agg(attrelid::regclass::text, ',') from pg_attribute where attname = 'n' and attrelid in ('a'::regclass, 'b'::regclass)"
          )
          #expect(try await leaf.value(columns) == "a")
          #expect(
            try await leaf.values("select execute_attrs from londiste.applied_execute order by 1") == [
              "local-table=a", "local-table=b&need-function=g%283%29",
            ])

          // theirs, executed by us as the event brings it
          let file = try cascade.scratch.write(
            "theirs.sql",
            "--*-- Local-Table: a,\n--*--  public.b\n--*-- Need-Table: public.b\nalter table @a@ add column m int; select 'x; y';\n"
          )
          try await cascade.londiste("root", ["execute", file])
          try await leaf.connection.query("delete from londiste.applied_execute where execute_file = 'theirs.sql'")
        }
        let event = try await root.connection.query(
          "select ev_extra1, ev_data, ev_extra2 from pgq.event_template where ev_extra1 = 'theirs.sql'"
        ).first?.decode(String.self, String.self, String?.self)
        let (name, data, attributes) = try #require(event)
        try await withDatabase { third in
          var creation = NodeCreation(
            queue: "q", type: .leaf, name: "third", publicLocation: third.connectionString, worker: "w_third")
          creation.provider = rootDatabase.connectionString
          _ = try await creation.run(
            local: PostgresConfiguration(third.connectionString), logger: Logger(label: "test")
          ) { _ in }
          let session = try await QueueSession(third)
          try await session.connection.execute(
            """
            create table "A" (id int primary key); create table b (id int primary key);
            select londiste.local_add_table('q', 'public.a', array['expect_sync'], null, 'public.A');
            select londiste.local_add_table('q', 'public.b', array['expect_sync']);
            """)
          let script = try ScriptExecution(queue: "q", eventName: name, data: data, attributes: attributes)
          let outcome = try await session.connection.transaction { connection in
            try await connection.execute("set session_replication_role = replica")
            return try await script.perform(connection)
          }
          #expect(outcome == .executed)
          #expect(try await session.value("select current_setting('session_replication_role')") == "replica")
          #expect(
            try await session.value(
              "select count(*) from pg_attribute where attrelid = '\"A\"'::regclass and attname = 'm'", as: Int.self)
              == 1)
          let again = try await session.connection.transaction { try await script.perform($0) }
          #expect(again == .alreadyApplied)
          await session.connection.close()
        }
        await root.connection.close()
        await leaf.connection.close()
      }
    }
  }
}
