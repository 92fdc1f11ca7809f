import NodeCascade
import PostgresClient
import PostgresTesting
import Testing

/// Changes travel from the root over a branch to a leaf.
@Suite struct ChangeTests {
  static let tables = """
    create table t (id int primary key, v text, n numeric);
    create table other (a int, b text, primary key (a, b));
    """

  /// In the formats of all triggers: URL-encoded, partial SQL, JSON.
  @Test(arguments: ["AIUDL", "AIUDQ", "AIUDJ", "AIUDG"])
  func everyKindOfChangeArrives(flags: String) async throws {
    try await SetFixture.with(tables: Self.tables, set: ["t", "other"], flags: flags) { fixture in
      try await fixture.change(
        """
        insert into t select i, 'v' || i, i * 1.10 from generate_series(1, 20) i;
        insert into other select i, e'a\\tb''c\\\\%&=+' || i from generate_series(1, 5) i
        """)
      try await fixture.expectEqual("t", "other")
      try await fixture.change(
        """
        update t set v = null, n = n + 1 where id <= 10; delete from t where id > 15; update t set v = 'x' where id = 3;
        delete from other where a = 1; insert into t values (100, '', 0); delete from t where id = 100;
        """)
      try await fixture.expectEqual("t", "other")
      try await fixture.change("truncate other; insert into other values (1, 'again')")
      try await fixture.expectEqual("t", "other")
      try await fixture.expectSameQueue(on: "branch")
      #expect(try await fixture.rows("t", on: "root").count > 10)
    }
  }

  /// Large batches of JSON go from server to server as streams of rows.
  @Test(arguments: ["AIUDL", "AIUDG"]) func largeBatchesArrive(flags: String) async throws {
    try await SetFixture.with(tables: Self.tables, set: ["t", "other"], flags: flags) { fixture in
      try await fixture.change("insert into t select i, 'v' || i, i from generate_series(1, 5000) i")
      try await fixture.change("update t set n = n + 0.5 where id % 2 = 0; delete from t where id % 3 = 0")
      try await fixture.expectEqual("t", "other")
      #expect(try await fixture.root.value("select count(*)::text from t") == "3334")
    }
  }

  /// Long values that stay are not stored anew; what differs in one letter, or was or becomes null, is.
  @Test(arguments: [10, 3000]) func longValuesThatStayAreLeftWhereTheyAre(rows: Int) async throws {
    let table = "create table wide (id int primary key, n int, body text, raw bytea)"
    try await SetFixture.with([("leaf", .leaf, "root")], tables: table, set: ["wide"], flags: "AIUDG") { fixture in
      try await fixture.change(
        """
        insert into wide select i, 0, (select string_agg(md5(i::text || n), '') from generate_series(1, 100) n),
          (select decode(string_agg(md5(i::text || n), ''), 'hex') from generate_series(1, 200) n)
        from generate_series(1, \(rows)) i
        """)
      let toast = try await fixture["leaf"].value(
        "select reltoastrelid::regclass from pg_class where oid = 'wide'::regclass")
      let chunks = "select string_agg(distinct chunk_id::text, ' ' order by chunk_id::text) from \(toast)"
      let stored = try await fixture["leaf"].value(chunks)
      #expect(!stored.isEmpty)
      try await fixture.change("update wide set n = id")
      #expect(try await fixture["leaf"].value(chunks) == stored)
      try await fixture.expectEqual("wide")
      try await fixture.change(
        """
        update wide set body = upper(body) where id % 5 = 0; update wide set body = null where id % 5 = 1;
        update wide set raw = set_byte(raw, 3000, 1) where id % 5 = 2; update wide set raw = null, n = n + 1 where id % 5 = 3
        """)
      try await fixture.expectEqual("wide")
      try await fixture.change(
        "update wide set body = repeat(id::text, 1000), raw = convert_to(repeat('x', 5000), 'UTF8')")
      try await fixture.expectEqual("wide")
    }
  }

  @Test func tablesThatAreNotHereAreLeftOut() async throws {
    try await SetFixture.with(tables: Self.tables, set: ["t", "other"]) { fixture in
      try await fixture["leaf"].run("select londiste.local_remove_table('s', 'other')")
      try await fixture.change("insert into t values (1, 'a', 1); insert into other values (1, 'b')")
      #expect(try await fixture.rows("t", on: "leaf") == "(1,a,1)")
      #expect(try await fixture.rows("other", on: "leaf") == "")
      #expect(try await fixture.rows("other", on: "branch") == "(1,b)")
    }
  }

  @Test(arguments: ["AIUDL", "AIUDJ"]) func tableWithAnotherNameHere(flags: String) async throws {
    try await SetFixture.with(
      tables: "create table t (id int primary key, v text); create table u (id int primary key, v text)", set: ["t"],
      flags: flags
    ) { fixture in
      try await fixture["leaf"].run(
        """
        select londiste.local_remove_table('s', 't');
        select londiste.local_add_table('s', 't', '{expect_sync}', null, 'u')
        """)
      try await fixture.change("insert into t values (1, 'a'), (2, 'b'); update t set v = 'c' where id = 2")
      #expect(try await fixture.rows("u", on: "leaf") == "(1,a) (2,c)")
      try await fixture.change("truncate t; insert into t values (3, 'd')")
      #expect(try await fixture.rows("u", on: "leaf") == "(3,d)")
      #expect(try await fixture.rows("t", on: "leaf") == "")
    }
  }

  /// The original refuses changed keys at the source; ours carry the old key along.
  @Test func changedKeysOfOurCapture() async throws {
    try await SetFixture.with(tables: Self.tables) { fixture in
      for node in fixture.nodes {
        try await node.database.run("select londiste.local_add_table('s', 't', '{no_triggers, expect_sync}')")
        try await fixture.settle()
      }
      try await fixture.root.run("select trunkline.capture_add('t', 's')")
      try await fixture.change("insert into t select i, 'v', i from generate_series(1, 9) i")
      try await fixture.change(
        "update t set id = id + 100 where id < 5; update t set id = 1 where id = 9; delete from t where id = 104")
      try await fixture.expectEqual("t")
    }
  }

  @Test func plainQueueWithoutTablesIsCopied() async throws {
    try await SetFixture.with([("branch", .branch, "root")]) { fixture in
      try await fixture.change("select pgq.insert_event('s', 'mine', i::text) from generate_series(1, 5) i")
      #expect(
        try await fixture["branch"].value(
          "select string_agg(ev_data, ',' order by ev_id) from pgq.event_template where ev_type = 'mine'")
          == "1,2,3,4,5")
      try await fixture.expectSameQueue(on: "branch")
    }
  }
}
