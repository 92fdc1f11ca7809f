import Foundation
import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// The handlers of a set's tables at work in the nodes' workers.
@Suite struct SetHandlerTests {
  static let tables =
    "create table t (id int primary key, v text, day date); create table other (id int primary key, v text)"

  private static func with(
    _ shape: [(name: String, type: NodeType, provider: String)] = [
      ("branch", .branch, "root"), ("leaf", .leaf, "branch"),
    ], tables: String = tables, flags: String = "AIUDL", isAlone: Bool = false,
    _ body: (SetFixture) async throws -> Void
  ) async throws {
    try await SetFixture.with(
      shape, tables: tables, set: ["t", "other"], flags: flags, isAlone: isAlone, body)
  }

  /// Sets attributes of table `t` on a node.
  private func set(
    _ fixture: SetFixture, _ handler: String?, conflict: String? = nil, keepsRows: Bool = false, on node: String
  ) async throws {
    var attributes = RegisteredAttributes()
    attributes.handler = handler
    attributes.setConflict(try conflict.map { try ConflictPolicy(parsing: $0) }, keepsRows: keepsRows)
    let text = attributes.text ?? ""
    _ = try await fixture[node].withConnection { connection in
      try await connection.query("select londiste.local_change_handler('s', 't', '{}', \(text))")
    }
  }

  private func queue(_ fixture: SetFixture, on node: String, _ select: String = "ev_data") async throws -> String {
    try await fixture[node].value(
      "select coalesce(string_agg(\(select), ' ' order by ev_id), '') from pgq.event_template where ev_extra1 = 'public.t'"
    )
  }

  @Test(arguments: ["noop", "vtable", "londiste(ignore_truncate=1)", "bulk(method=1)"])
  func simpleHandlers(_ handler: String) async throws {
    try await Self.with { fixture in
      try await set(fixture, handler, on: "leaf")
      try await fixture.change("insert into t values (1, 'a', null); insert into other values (1, 'o')")
      try await fixture.change("update t set v = 'b'")
      let isWritten = handler.hasPrefix("londiste") || handler.hasPrefix("bulk")
      #expect(try await fixture.rows("t", on: "leaf") == (isWritten ? "(1,b,)" : ""))
      #expect(try await fixture.rows("other", on: "leaf") == "(1,o)")
      #expect(try await fixture.rows("t", on: "branch") == "(1,b,)")
      try await fixture.change("truncate t")
      #expect(try await fixture.rows("t", on: "leaf") == (handler.hasPrefix("londiste") ? "(1,b,)" : ""))
      #expect(try await fixture.rows("t", on: "branch") == "")
      try await fixture.expectSameQueue(on: "branch")
    }
  }

  @Test func rowsOfAQueueTableGoIntoAnotherQueue() async throws {
    try await SetFixture.with(tables: "create table q (id int primary key, v text)") { fixture in
      try await fixture.root.run(
        "select londiste.local_add_table('s', 'q', '{tgflags=BI,SKIP,expect_sync}', 'handler=qtable')")
      try await fixture.settle()
      try await fixture["branch"].run(
        "select londiste.local_add_table('s', 'q', '{expect_sync,no_triggers}', 'handler=qtable')")
      try await fixture["leaf"].run(
        """
        select pgq.create_queue('mine');
        select londiste.local_add_table('s', 'q', '{virtual_table}', 'handler=qsplitter(queue%3Dmine)')
        """)
      try await fixture.change("insert into q values (1, 'a'), (2, 'b')")
      for node in fixture.nodes { #expect(try await fixture.rows("q", on: node.name) == "") }
      #expect(
        try await fixture["leaf"].value(
          "select string_agg(ev_type || ' ' || ev_data, ', ' order by ev_id) from pgq.event_template")
          == "I:id id=1&v=a, I:id id=2&v=b")
    }
  }

  @Test func aFunctionIsCalled() async throws {
    try await Self.with { fixture in
      try await fixture["leaf"].run(
        """
        create table log (n bigserial, line text);
        create function note(conf text, tick bigint, ev_id bigint, ev_time timestamptz, ev_txid bigint, ev_retry int,
          ev_type text, ev_data text, ev_extra1 text, ev_extra2 text, ev_extra3 text, ev_extra4 text)
        returns text language plpgsql as $$
        begin
          -- rows of the batch are there already
          insert into log (line) select concat_ws('|', conf, ev_type, ev_data, (select count(*) from other));
          return 'ok';
        end $$
        """)
      try await set(fixture, "applyfn(func_name=public.note&func_conf=c)", on: "leaf")
      try await fixture.change("insert into t values (1, 'a', null); insert into other values (1, 'o')")
      try await fixture.change("delete from t")
      #expect(
        try await fixture["leaf"].value("select string_agg(line, ', ' order by n) from log")
          == "c|I:id|id=1&v=a&day|1, c|D:id|id=1&v=a&day|1")
    }
  }

  @Test(arguments: [true, false]) func shardsSplitASet(_ rootTellsTheHash: Bool) async throws {
    let shape: [(name: String, type: NodeType, provider: String)] = [
      ("even", .leaf, "root"), ("odd", .branch, "root"), ("below", .leaf, "odd"),
    ]
    let tables =
      Self.tables + """
        ; create schema partconf; create table partconf.conf (shard_nr int, shard_mask int, shard_count int);
        create function partconf.get_hash_raw(i int) returns int language sql immutable as 'select $1'
        """
    try await Self.with(shape, tables: tables) { fixture in
      if rootTellsTheHash {
        try await fixture.root.run(
          """
          select londiste.local_change_handler('s', 't',
            array['ev_extra3=''hash=''||partconf.get_hash_raw(id)'], 'handler=shard(key%3Did)')
          """)
      }
      for (node, number) in [("even", 0), ("odd", 1)] {
        try await fixture[node].run("insert into partconf.conf values (\(number), 1, 2)")
        try await set(fixture, "shard(key=id)", on: node)
      }
      try await fixture.change(
        "insert into t select i, 'v' || i, null from generate_series(1, 8) i; insert into other values (1, 'o')")
      try await fixture.change("update t set v = 'w' where id < 5; delete from t where id > 6")
      #expect(try await fixture.rows("t", on: "even") == "(2,w,) (4,w,) (6,v6,)")
      #expect(try await fixture.rows("t", on: "odd") == "(1,w,) (3,w,) (5,v5,)")
      // The branch passes on its shard only.
      #expect(try await fixture.rows("t", on: "below") == "(1,w,) (3,w,) (5,v5,)")
      #expect(try await queue(fixture, on: "odd", "substring(ev_data from 'id=([0-9]+)')") == "1 3 5 7 1 3 7")
      #expect(try await fixture.rows("other", on: "below") == "(1,o)")
      // The other half alone is passed on where nothing is replayed.
      try await set(fixture, "shard(key=id&disable_replay=1)", on: "odd")
      try await fixture.root.run(
        rootTellsTheHash ? "insert into t values (11, 'x', null), (12, 'x', null)" : "select 1")
      guard rootTellsTheHash else { return }
      try await fixture.settle()
      #expect(try await fixture.rows("t", on: "odd") == "(1,w,) (3,w,) (5,v5,)")
      #expect(try await fixture.rows("t", on: "below") == "(1,w,) (11,x,) (3,w,) (5,v5,)")
    }
  }

  @Test func anObfuscatingBranchShowsNothingToThoseBelow() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: FreshName.next("obfuscation"))
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (map, key) = (directory.appending(path: "map.yaml"), directory.appending(path: "key"))
    try "public.t:\n  id: keep\n  v: hash\n".write(to: map, atomically: true, encoding: .utf8)
    try "a secret key\n".write(to: key, atomically: true, encoding: .utf8)
    for flags in ["AIUDL", "AIUDQ", "AIUDJ"] {
      try await Self.with(flags: flags) { fixture in
        try await set(fixture, "obfuscate(map=\(map.path)&keyfile=\(key.path))", on: "branch")
        try await fixture.change(
          "insert into t values (1, 'ann@example.com', '2020-01-01'), (2, null, null); insert into other values (1, 'o')"
        )
        try await fixture.change("update t set v = 'ann@example.com' where id = 2; update t set day = '2021-01-01'")
        let hashed = "(1,3e7267c7-edb5-0dc1-0216-8a26c63346dc,) (2,3e7267c7-edb5-0dc1-0216-8a26c63346dc,)"
        #expect(try await fixture.rows("t", on: "branch") == hashed)
        #expect(try await fixture.rows("t", on: "leaf") == hashed)
        let events = try await queue(fixture, on: "branch", "concat_ws(' ', ev_data, ev_extra2)")
        #expect(events.contains("3e7267c7") && !events.contains("ann") && !events.contains("2021"))
        #expect(try await fixture.rows("other", on: "leaf") == "(1,o)")
      }
    }
  }

  @Test func partitionsAreMadeOnALeaf() async throws {
    try await Self.with { fixture in
      try await set(fixture, "monthly_field(part_field=day&retention_period=100+years)", on: "leaf")
      try await fixture.change(
        "insert into t values (1, 'a', '2020-01-31'), (2, 'b', '2020-02-01'); insert into other values (1, 'o')")
      try await fixture.change("update t set v = 'c' where id = 1")
      #expect(try await fixture.rows("t_2020_01", on: "leaf") == "(1,c,2020-01-31)")
      #expect(try await fixture.rows("t", on: "leaf") == "(1,c,2020-01-31) (2,b,2020-02-01)")
      #expect(try await fixture.rows("only t", on: "leaf") == "")
      #expect(
        try await fixture["leaf"].value(
          "select string_agg(partition_name, ' ' order by 1) from trunkline.load_partition") == "t_2020_01 t_2020_02")
      #expect(try await fixture.rows("t", on: "branch") == "(1,c,2020-01-31) (2,b,2020-02-01)")
    }
  }

  @Test(arguments: ["AIUDL", "AIUDJ"]) func conflictsAreDecidedByTheTablesPolicy(_ flags: String) async throws {
    try await Self.with(flags: flags) { fixture in
      try await set(fixture, nil, conflict: "warn", keepsRows: true, on: "leaf")
      try await set(fixture, "multimaster(timefield=day)", on: "branch")
      for node in ["branch", "leaf"] {
        try await fixture[node].run(
          "set session_replication_role = replica; insert into t values (1, 'here', '2020-01-05'), (2, 'here', '2020-01-01')"
        )
      }
      try await fixture.change(
        "insert into t select i, 'there', '2020-01-03' from generate_series(1, 3) i; insert into other values (1, 'o')")
      #expect(
        try await fixture.rows("t", on: "branch") == "(1,here,2020-01-05) (2,there,2020-01-03) (3,there,2020-01-03)")
      #expect(try await fixture.rows("t", on: "leaf") == "(1,here,2020-01-05) (2,here,2020-01-01) (3,there,2020-01-03)")
      #expect(
        try await fixture["leaf"].value(
          "select string_agg(concat_ws(' ', queue_name, consumer_name, kind, outcome, conflicts), ',') from trunkline.conflict"
        )
          == "s w_leaf insert_exists kept 2")
      #expect(try await fixture["leaf"].value("select count(*)::text from trunkline.conflict_row") == "2")
    }
  }

  @Test func attributesThatMakeNoSenseStopTheNodeAndAreNamed() async throws {
    try await Self.with { fixture in
      try await fixture["leaf"].run(
        "update londiste.table_info set table_attrs = 'handler=bulky' where table_name = 'public.t'")
      await #expect(throws: ApplyError.self) { try await fixture.change("insert into t values (1, 'a', null)") }
      let error = try await fixture["leaf"].value(
        "select cur_error from pgq_node.local_state where cur_error is not null")
      #expect(error.contains("table public.t: there is no handler 'bulky'") && error.contains("change-handler"))
      try await set(fixture, nil, on: "leaf")
      try await fixture.settle()
      #expect(try await fixture.rows("t", on: "leaf") == "(1,a,)")
    }
  }

  @Test func tablesWithoutHandlerKeepTheirReferencesToThoseWithOne() async throws {
    let tables = """
      create table t (id int primary key, v text, day date);
      create table other (id int primary key, v text, ref int references t)
      """
    try await Self.with(tables: tables, flags: "AIUDJ") { fixture in
      try await set(fixture, "londiste(ignore_truncate=1)", on: "leaf")
      try await fixture.change("insert into t values (1, 'a', null); insert into other values (1, 'o', 1), (2, 'p', 1)")
      try await fixture.change(
        "update other set v = 'q' where id = 2; delete from other where id = 1; update t set v = 'b'")
      let others = try await fixture.rows("other", on: "leaf")
      #expect(others == "(2,q,1)")
      #expect(try await fixture.rows("t", on: "leaf") == "(1,b,)")
    }
  }

  // MARK: Copies

  /// Makes the branch replicate `t` by a handler, with the rows that are there, while others come.
  private func copying(_ fixture: SetFixture, _ handler: String, _ names: [String] = ["branch"]) async throws {
    var attributes = RegisteredAttributes()
    attributes.handler = handler
    let text = attributes.text ?? ""
    for name in names {
      try await fixture[name].run("select londiste.local_remove_table('s', 't'); truncate t")
      _ = try await fixture[name].withConnection { connection in
        try await connection.query("select londiste.local_add_table('s', 't', '{}', \(text))")
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func aCopyTakesTheRowsOfTheShardOnly() async throws {
    let tables =
      Self.tables + """
        ; create schema partconf; create table partconf.conf (shard_nr int, shard_mask int, shard_count int);
        insert into partconf.conf values (1, 3, 4);
        create function partconf.get_hash_raw(i int) returns int language sql immutable as 'select $1'
        """
    try await Self.with([("leaf", .leaf, "root")], tables: tables, isAlone: true) { fixture in
      try await fixture.change("insert into t select i, 'v', null from generate_series(1, 1000) i")
      try await copying(fixture, "shard(key=id)", ["leaf"])
      try await fixture.copying("root", "leaf") {
        try await fixture.root.run("insert into t select i, 'w', null from generate_series(1001, 1200) i")
        try await fixture.waitUntilAllOK(on: "leaf")
        try await fixture.root.run("update t set v = 'x' where id > 1100")
        try await fixture.waitUntilApplied(on: "leaf")
      }
      #expect(
        try await fixture["leaf"].value(
          "select concat_ws(' ', count(*), bool_and(id % 4 = 1), count(*) filter (where v = 'x')) from t")
          == "300 t 25")
    }
  }

  @Test(.timeLimit(.minutes(2))) func whatIsObfuscatedIsSoInTheCopyAndWhileItRuns() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: FreshName.next("obfuscation"))
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (map, key) = (directory.appending(path: "map.yaml"), directory.appending(path: "key"))
    try "public.t:\n  id: keep\n  v: hash\n".write(to: map, atomically: true, encoding: .utf8)
    try "a secret key\n".write(to: key, atomically: true, encoding: .utf8)
    try await Self.with([("branch", .branch, "root")], isAlone: true) { fixture in
      try await fixture.change(
        "insert into t select i, 'ann@example.com', '2020-01-01' from generate_series(1, 5000) i")
      try await fixture["branch"].run("delete from pgq.event_template")
      try await copying(fixture, "obfuscate(map=\(map.path)&keyfile=\(key.path))")
      // The copy has not begun when this goes through the branch's queue.
      try await fixture.change("insert into t values (9000, 'ann@example.com', '2020-01-01')")
      try await fixture.copying("root", "branch") {
        try await fixture.root.run("update t set v = 'ann@example.com' where id < 100")
        try await fixture.waitUntilAllOK(on: "branch")
        try await fixture.root.run("insert into t values (9001, 'ann@example.com', '2020-01-01')")
        try await fixture.waitUntilApplied(on: "branch")
      }
      #expect(
        try await fixture["branch"].value(
          "select concat_ws(' ', count(*), count(distinct v), min(v), count(day)) from t")
          == "5002 1 3e7267c7-edb5-0dc1-0216-8a26c63346dc 0")
      #expect(
        try await fixture["branch"].value(
          "select count(*) || ' ' || count(*) filter (where ev_data ~ 'ann|2020') from pgq.event_template where ev_extra1 = 'public.t'"
        )
          == "101 0")
    }
  }
}
