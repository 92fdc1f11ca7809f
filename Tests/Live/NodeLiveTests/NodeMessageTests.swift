import NodeCascade
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// What the nodes of a set tell each other by events.
@Suite struct NodeMessageTests {
  @Test func membersTablesAndSequencesAreKnownEverywhere() async throws {
    try await SetFixture.with(tables: "create table t (id serial primary key); create sequence q") { fixture in
      try await fixture.change(
        """
        select londiste.local_add_table('s', 't'); select londiste.local_add_seq('s', 'q');
        select pgq_node.register_location('s', 'far', 'dbname=far', false);
        """)
      let tables = "select string_agg(table_name, ',') from londiste.table_info"
      let members = "select string_agg(node_name || dead, ',' order by node_name) from pgq_node.node_location"
      for name in ["branch", "leaf"] {
        #expect(try await fixture[name].value(tables) == "public.t")
        #expect(try await fixture[name].value("select last_value::text from londiste.seq_info") == "30001")
        #expect(
          try await fixture[name].value(
            "select string_agg(node_name, ',' order by node_name) from pgq_node.node_location")
            == "branch,far,leaf,root")
        try await fixture[name].run("select londiste.local_add_seq('s', 'q')")
        #expect(try await fixture[name].value("select last_value::text from q") == "30001")
      }
      try await fixture.change(
        """
        select setval('q', 29000); select londiste.root_check_seqs('s');
        select pgq_node.register_location('s', 'far', null, true);
        """)
      for name in ["branch", "leaf"] {
        #expect(try await fixture[name].value("select last_value::text from q") == "59000")
        #expect(try await fixture[name].value(members).contains("fartrue"))
      }
      try await fixture.change(
        """
        select londiste.global_remove_table('s', 't'); select londiste.global_remove_seq('s', 'q');
        select pgq_node.unregister_location('s', 'far')
        """)
      for name in ["branch", "leaf"] {
        #expect(try await fixture[name].value(tables) == "")
        #expect(try await fixture[name].value("select count(*)::text from londiste.seq_info") == "0")
        #expect(try await !fixture[name].value(members).contains("far"))
      }
    }
  }

  /// The script stands between the changes before and after it, all in one batch.
  @Test(arguments: ["AIUDL", "AIUDJ"]) func scriptRunsBetweenTheChanges(flags: String) async throws {
    try await SetFixture.with(
      tables: "create table t (id int primary key, v text)", set: ["t"], flags: flags
    ) { fixture in
      try await fixture.root.run("insert into t values (1, 'old')")
      try await Self.execute(
        "alter table t add column extra int default 7; update t set v = 'by the script' where id = 1", fixture)
      try await fixture.root.run("insert into t values (2, 'new', 8); delete from t where id = 1")
      try await Self.execute("alter table t drop column v; create table made (i int)", name: "b.sql", fixture)
      try await fixture.change("insert into t values (3, 9)")
      try await fixture.expectEqual("t")
      #expect(try await fixture.rows("t", on: "leaf") == "(2,8) (3,9)")
      for name in ["branch", "leaf"] {
        #expect(try await fixture[name].value("select to_regclass('made')::text") == "made")
        #expect(
          try await fixture[name].value(
            "select string_agg(execute_file, ',' order by execute_file) from londiste.applied_execute")
            == "a.sql,b.sql")
      }
      try await fixture.expectSameQueue(on: "branch")
    }
  }

  /// Nothing of the batch is kept, and the script cannot end the transaction under the worker's feet.
  @Test(arguments: [("select nonsense()", "nonsense"), ("insert into t values (50); commit", "transaction")])
  func scriptThatFailsStopsTheNodeBeforeTheBatch(script: String, reason: String) async throws {
    try await SetFixture.with([("leaf", .leaf, "root")], tables: "create table t (id int primary key)", set: ["t"]) {
      fixture in
      let before = try await fixture["leaf"].value("select last_tick_id::text from pgq_node.local_state")
      try await fixture.root.run(
        """
        insert into t values (1);
        insert into londiste.applied_execute (queue_name, execute_file, execute_sql)
        values ('s', 'bad.sql', $x$\(script)$x$);
        select londiste.execute_finish('s', 'bad.sql')
        """)
      try await fixture.tick()
      let error = await #expect(throws: ApplyError.self) { try await fixture.worker("leaf").drain() }
      #expect(error?.reason.contains("bad.sql") == true && error?.reason.contains(reason) == true, "\(error as Any)")
      let state = "select last_tick_id || ' ' || cur_error from pgq_node.local_state"
      let stored = try await fixture["leaf"].value(state)
      #expect(stored.hasPrefix("\(before) queue \"s\", ticks") && stored.contains("bad.sql"), "\(stored)")
      #expect(try await fixture.rows("t", on: "leaf") == "")
      // recorded as done by hand, it goes on
      try await fixture["leaf"].run("select londiste.execute_start('s', 'bad.sql', 'skipped', false)")
      try await fixture.settle()
      #expect(try await fixture.rows("t", on: "leaf") == "(1)")
      #expect(try await fixture["leaf"].value("select coalesce(cur_error, 'none') from pgq_node.local_state") == "none")
    }
  }

  @Test func watermarksTravel() async throws {
    try await SetFixture.with { fixture in
      try await fixture.root.run("select pgq.insert_event('s', 'x', 'y')")
      try await fixture.running(["root", "branch", "leaf"], watermarkInterval: .milliseconds(50)) {
        try await fixture.tick()
        let tick = try await fixture.root.value("select max(tick_id)::text from pgq.tick")
        try await pollUntil("the global watermark to come to tick \(tick) on the branch") {
          try await fixture.tick()
          return try await fixture["branch"].value(
            "select (global_watermark >= \(tick))::text from pgq_node.get_node_info('s')") == "true"
        }
      }
    }
  }

  static func execute(_ sql: String, name: String = "a.sql", _ fixture: SetFixture) async throws {
    try await fixture.root.run(
      """
      begin; set local session_replication_role = local;
      select londiste.execute_start('s', '\(name)', $x$\(sql)$x$, true);
      \(sql);
      select londiste.execute_finish('s', '\(name)');
      commit
      """)
  }
}
