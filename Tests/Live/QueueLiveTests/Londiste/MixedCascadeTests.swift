import Foundation
import Logging
import NodeCascade
import PostgresClient
import PostgresTesting
import Testing

/// Our workers and Londiste's in one cascade, above and below each other.
@Suite struct MixedCascadeTests {
  private static let tables = """
    create table account (id serial primary key, name text, amount numeric);
    insert into account (name, amount) select 'n' || i, i from generate_series(1, 1000) i;
    create table entry (id int primary key, account int references account);
    insert into entry select i, i from generate_series(1, 100) i;
    """

  /// The root is one of the original, with its extensions in C; a branch and a leaf are ours.
  @Test(.originalTicker, .originalPython, .originalLondiste, .originalLondisteProgram, .timeLimit(.minutes(10)))
  func ourNodesUnderARootOfLondiste() async throws {
    try await withDatabase(schemas: false) { root in
      try await OriginalPgQ.createExtension(in: root)
      try await withDatabase { branch in
        try await withDatabase { leaf in
          let cascade = try OriginalCascade([("root", root), ("branch", branch), ("leaf", leaf)])
          for database in [root, branch, leaf] { try await database.psql(Self.tables) }
          try await cascade.londiste("root", ["create-root", "root", cascade.location("root")])
          try await Self.setTicks(root)
          try await cascade.londiste("root", ["add-table", "account", "entry"])
          try await cascade.londiste("root", ["add-seq", "account_id_seq"])
          try await Self.create(.branch, "branch", branch, under: root)
          try await Self.create(.leaf, "leaf", leaf, under: branch)
          for database in [branch, leaf] {
            try await database.psql(
              """
              select londiste.local_add_table('q', t, '{expect_sync}') from unnest('{account,entry}'::text[]) t;
              select londiste.local_add_seq('q', 'account_id_seq')
              """)
          }
          try await cascade.run(withLondiste: true, workers: ["root"]) {
            try await Self.change(root, cascade)
            try await Self.expectSame(root, branch, leaf)
            for database in [branch, leaf] {
              #expect(try await database.psql("select last_value > 1000 from account_id_seq;") == "t")
              #expect(try await database.psql("select count(*) from londiste.applied_execute;") == "1")
            }
            try await Self.expectSameQueue(root, branch)
            #expect(try await cascade.londiste("branch", ["compare"]).contains("checksum"))
            try await pollUntil("the watermark of our nodes to come to the root") {
              try await root.psql(
                "select min(node_watermark) > 5 from pgq_node.get_subscriber_info('q');") == "t"
            }
          }
        }
      }
    }
  }

  /// The leaf is one of the original, with a copy; the root and the branch are ours.
  @Test(.originalTicker, .originalPython, .originalLondisteProgram, .timeLimit(.minutes(10)))
  func leafOfLondisteUnderOurNodes() async throws {
    try await withDatabase { root in
      try await withDatabase { branch in
        try await withDatabase { leaf in
          let cascade = try OriginalCascade([("root", root), ("branch", branch), ("leaf", leaf)])
          for database in [root, branch] { try await database.psql(Self.tables) }
          try await Self.create(.root, "root", root)
          try await Self.setTicks(root)
          try await root.psql(
            """
            select londiste.local_add_table('q', t) from unnest('{account,entry}'::text[]) t;
            select londiste.local_add_seq('q', 'account_id_seq')
            """)
          try await Self.create(.branch, "branch", branch, under: root)
          try await branch.psql(
            """
            select londiste.local_add_table('q', t, '{expect_sync}') from unnest('{account,entry}'::text[]) t;
            select londiste.local_add_seq('q', 'account_id_seq')
            """)
          try await cascade.londiste(
            "leaf", ["create-leaf", "leaf", cascade.location("leaf"), "--provider=\(cascade.location("branch"))"])
          try await cascade.run(withLondiste: true, workers: ["leaf"]) {
            try await cascade.londiste("leaf", ["add-seq", "--create", "account_id_seq"])
            try await cascade.londiste("leaf", ["add-table", "--create-full", "account", "entry"])
            try await cascade.londiste("leaf", ["wait-sync"])
            try await Self.change(root, cascade)
            try await Self.expectSame(root, branch, leaf)
            try await Self.expectSameQueue(root, branch)
            #expect(try await leaf.psql("select count(*) from londiste.applied_execute;") == "1")
          }
        }
      }
    }
  }

  private static func change(_ root: TestDatabase, _ cascade: OriginalCascade) async throws {
    try await root.psql(
      """
      update account set amount = -1 where id < 50; delete from entry where id > 90;
      insert into account (name) values (e'n\\te\\\\w'); truncate entry; insert into entry values (1, 2);
      """)
    let script = try cascade.scratch.write("add_column.sql", "alter table account add column note text default 'x';")
    try await cascade.londiste("root", ["execute", script])
    try await root.psql(
      "insert into account (name, note) values ('noted', 'y'); update account set note = 'z' where id = 7;")
  }

  private static func create(
    _ type: NodeType, _ name: String, _ database: TestDatabase, under provider: TestDatabase? = nil
  ) async throws {
    var creation = NodeCreation(
      queue: "q", type: type, name: name, publicLocation: database.connectionString.replacing("'", with: ""),
      worker: "w_\(name)")
    creation.provider = provider?.connectionString
    _ = try await creation.run(
      local: PostgresConfiguration(database.connectionString), logger: Logger(label: "test")
    ) { _ in }
  }

  private static func setTicks(_ database: TestDatabase) async throws {
    try await database.psql("update pgq.queue set queue_ticker_max_lag = '0.1 s', queue_ticker_idle_period = '0.5 s';")
  }

  private static func expectSame(_ source: TestDatabase, _ copies: TestDatabase...) async throws {
    let query = """
      select md5(string_agg(a::text, ',' order by id)) from account a;
      select md5(string_agg(e::text, ',' order by id)) from entry e;
      """
    let wanted = try await source.psql(query)
    for copy in copies {
      try await pollUntil("\(copy.name) to be the same", timeout: .seconds(60)) {
        let output = try await copy.tools().tryPsql(query)
        return output.status == 0 && output.standardOutput.split(separator: "\n").joined(separator: "\n") == wanted
      }
    }
  }

  /// Events of tables have the same ids, and ticks the same ids, times and sequences.
  private static func expectSameQueue(_ root: TestDatabase, _ branch: TestDatabase) async throws {
    let first = try await branch.psql("select min(tick_id) from pgq.tick;")
    let last = try await branch.psql("select max(tick_id) from pgq.tick;")
    for query in [
      """
      select md5(string_agg(concat_ws('/', tick_id, extract(epoch from tick_time), tick_event_seq), ' ' order by tick_id))
      from pgq.tick where tick_id > \(first) and tick_id <= \(last);
      """,
      """
      select md5(string_agg(concat_ws('/', ev_id, extract(epoch from ev_time), ev_type, ev_data, ev_extra1), ' ' order by ev_id))
      from pgq.event_template where ev_extra1 in ('public.account', 'public.entry') and ev_type <> 'londiste.add-table';
      """,
    ] {
      let (here, there) = (try await branch.psql(query), try await root.psql(query))
      #expect(here == there && here.count == 32)
    }
  }
}
