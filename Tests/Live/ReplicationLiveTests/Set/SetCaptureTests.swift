import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// What is captured and refused on the nodes of a set.
@Suite struct SetCaptureTests {
  static let table = "create table t (id int primary key, v text, w int);"

  @Test func theRootCapturesByGeneratedTriggersWhatIsWrittenThere() async throws {
    try await SetFixture.with(tables: Self.table) { fixture in
      #expect(try await fixture.add("t", at: fixture.root).map(\.result) == ["added"])
      try await fixture.root.run(
        """
        insert into t values (1, 'a', 1), (2, 'b', 2); update t set v = 'c' where id = 1; update t set id = 3 where id = 2;
        delete from t where id = 3; truncate t;
        begin; set local session_replication_role = replica; insert into t values (9, 'from elsewhere'); commit
        """)
      #expect(
        try await fixture.events(fixture.root) == """
          INSERT {"id":1,"v":"a","w":1} public.t
          INSERT {"id":2,"v":"b","w":2} public.t
          UPDATE {"id":1,"v":"c","w":1} public.t
          UPDATE {"id":3,"v":"b","w":2} public.t {"id":2}
          DELETE {"id":3,"v":"b","w":2} public.t
          R  public.t
          """)
      #expect(
        try await fixture.root.value(
          "select string_agg(ev_data, ',') from pgq.event_template where ev_type = 'londiste.add-table'")
          == "public.t")
      #expect(try await fixture.at(fixture.root) { try await $0.tables().map(\.isInSync) } == [true])
    }
  }

  @Test func aBranchRefusesChangesUntilItIsPromotedAndADemotedRootFromThenOn() async throws {
    try await SetFixture.with(everywhere: Self.table) { fixture in
      try await fixture.add("t", at: fixture.root)
      try await fixture.add("t", at: fixture.branch)
      #expect(try await failure("insert into t values (1)", fixture.branch) == "Insert into queue disallowed")
      try await fixture.branch.run(
        "begin; set local session_replication_role = replica; insert into t values (5, 'from the root'); commit")
      for step in 1...3 { try await fixture.root.run("select pgq_node.demote_root('q', \(step), 'branch')") }
      #expect(try await failure("insert into t values (1)", fixture.root) == "Insert into queue disallowed")
      #expect(try await failure("truncate t", fixture.root) == "Insert into queue disallowed")
      try await fixture.branch.run("select pgq_node.promote_branch('q')")
      try await fixture.branch.run("insert into t values (2, 'own', 0)")
      #expect(try await fixture.events(fixture.branch) == "INSERT {\"id\":2,\"v\":\"own\",\"w\":0} public.t")
    }
  }

  /// A session that has written to the root before knows at once that it is none any more, and that it is one again.
  @Test func sessionsThatHaveWrittenBeforeNoticeTheSwitchover() async throws {
    try await SetFixture.with(tables: Self.table) { fixture in
      try await fixture.add("t", at: fixture.root)
      try await fixture.root.withConnection { writer in
        for id in 1...3 { _ = try await writer.execute("insert into t values (\(id))") }
        for step in 1...3 { try await fixture.root.run("select pgq_node.demote_root('q', \(step), 'branch')") }
        await #expect(throws: (any Error).self) { try await writer.execute("insert into t values (4)") }
        try await fixture.root.run("select pgq_node.promote_branch('q')")
        _ = try await writer.execute("insert into t values (5)")
      }
      #expect(try await fixture.root.value("select string_agg(id::text, ',' order by id) from t") == "1,2,3,5")
      #expect(
        try await fixture.root.value("select count(*)::text from pgq.event_template where ev_type like '%INSERT%'")
          == "4")
    }
  }

  @Test func aLeafRefusesEveryChange() async throws {
    try await SetFixture.with(everywhere: Self.table) { fixture in
      try await fixture.add("t", at: fixture.root)
      try await fixture.add("t", at: fixture.branch)
      try await fixture.finishCopies(at: fixture.branch)
      try await fixture.add("t", at: fixture.leaf)
      for change in ["insert into t values (1)", "truncate t"] {
        let message = try await failure(change, fixture.leaf)
        #expect(message?.contains("change not allowed") == true, "\(message ?? "")")
      }
      try await fixture.leaf.run(
        "begin; set local session_replication_role = replica; insert into t values (1); commit")
      #expect(try await fixture.leaf.value("select count(*)::text from trunkline.capture") == "0")
    }
  }

  @Test func tablesThatLeaveTheSetLoseTheirCaptures() async throws {
    let tables = Self.table + "create table u (id int primary key); create table w (id int primary key);"
    try await SetFixture.with(tables: tables) { fixture in
      try await fixture.add("*", at: fixture.root)
      func triggers() async throws -> String {
        try await fixture.root.value(
          """
          select string_agg(distinct tgrelid::regclass::text, ',') from pg_trigger
          where tgrelid in ('t'::regclass, 'u'::regclass, 'w'::regclass)
          """)
      }
      #expect(try await triggers() == "t,u,w")
      try await fixture.at(fixture.root) { try await $0.removeTables(["t"]) { _ in } }
      #expect(try await triggers() == "u,w")
      try await fixture.root.run("select londiste.drop_table_triggers('q', 'public.u')")
      #expect(try await triggers() == "w")
      try await fixture.root.run("select pgq_node.drop_node('q', 'root')")
      #expect(try await triggers() == "")
      #expect(
        try await fixture.root.value(
          "select count(*)::text from trunkline.capture, pg_proc where proname = function_name") == "0")
    }
  }

  /// What a generated capture cannot do, a trigger of the queue does.
  @Test func argumentsOfTriggersMeanTheSameForCaptures() async throws {
    try await SetFixture.with(tables: Self.table + "create table u (id int primary key, v text, w int)") { fixture in
      try await fixture.add("t", at: fixture.root) { options in
        options.capture = CaptureOptions(key: ["v"], ignore: ["w"], when: "id > 10", before: true)
      }
      try await fixture.root.run(
        "insert into t values (1, 'no', 1), (11, 'yes', 1); update t set w = 5; update t set id = 12 where v = 'yes'")
      #expect(
        try await fixture.events(fixture.root) == """
          INSERT {"id":11,"v":"yes"} public.t
          UPDATE {"id":12,"v":"yes"} public.t
          """)
      #expect(
        try await fixture.root.value("select ev_extra2 from pgq.event_template where ev_type like '%UPDATE%'")
          == #"{"id":11,"v":"yes"}"#)

      try await fixture.at(fixture.root) { set in
        var options = TableOptions()
        options.triggerArguments = ["ev_extra4='x' || v"]
        options.capture.columns = ["v"]
        try await set.changeHandler(["t"], options) { _ in }
      }
      #expect(try await fixture.root.value("select count(*)::text from trunkline.capture") == "0")
      try await fixture.root.run("insert into t values (20, 'w', 3)")
      #expect(
        try await fixture.root.value("select ev_data || ev_extra4 from pgq.event_template order by ev_id desc limit 1")
          == #"{"id":20,"v":"w"}xw"#)

      try await fixture.add("u", at: fixture.root) { $0.triggerFlags = "AIUDL" }
      try await fixture.root.run("insert into u values (1, 'a b', 2)")
      #expect(
        try await fixture.root.value("select ev_data from pgq.event_template order by ev_id desc limit 1")
          == "id=1&v=a+b&w=2")
      let both = await fixture.refusal {
        try await fixture.at(fixture.root) { set in
          var options = TableOptions()
          options.capture.columns = ["v"]
          options.triggerFlags = "AIUDL"
          options.triggerArguments = ["ignore=w"]
          try await set.changeHandler(["u"], options) { _ in }
        }
      }
      #expect(both.contains("columns= and ignore= exclude each other"), "\(both)")
    }
  }

  @Test func eventsOfATableWithAnotherNameCarryItsNameInTheSet() async throws {
    try await SetFixture.with(tables: "create schema own; create table own.here (id int primary key);") { fixture in
      try await fixture.add("there", at: fixture.root) {
        $0.destination = "own.here"
        $0.isForced = true
      }
      try await fixture.root.run("insert into own.here values (1); truncate own.here; alter table own.here add v int")
      try await fixture.root.run("insert into own.here values (2, 3); select trunkline.capture_refresh()")
      try await fixture.root.run("update own.here set v = 4")
      #expect(
        try await fixture.events(fixture.root) == """
          INSERT {"id":1} public.there
          R  public.there
          INSERT {"id":2,"v":3} public.there
          UPDATE {"id":2,"v":4} public.there
          """)
      #expect(
        try await fixture.root.value(
          "select count(*)::text from pgq.event_template where ev_type like '%\"table\":[\"public\",\"there\"]%'")
          == "3")
      #expect(try await fixture.root.value("select state from trunkline.capture_check()") == "ok")
    }
  }

  @Test func partitionsAreCapturedWithTheirTable() async throws {
    let tables = """
      create table p (k int, id int, primary key (k, id)) partition by list (k); create table p1 partition of p for values in (1);
      """
    try await SetFixture.with(tables: tables) { fixture in
      try await fixture.add("*", at: fixture.root)
      try await fixture.root.run("insert into p values (1, 1); insert into p1 values (1, 2)")
      #expect(
        try await fixture.events(fixture.root) == """
          INSERT {"k":1,"id":1} public.p
          INSERT {"k":1,"id":2} public.p
          """)
      for step in 1...2 { try await fixture.root.run("select pgq_node.demote_root('q', \(step), 'branch')") }
      #expect(try await failure("insert into p1 values (1, 3)", fixture.root) == "Insert into queue disallowed")
    }
  }

  @Test func whoOwnsTablesAddsThemAndWhoWritesThemNeedsNoRightsOnTheQueue() async throws {
    try await SetFixture.with { fixture in
      let (owner, writer) = (FreshName.next("owner"), FreshName.next("writer"))
      try await fixture.root.run(
        """
        create role \(owner) login; grant londiste_writer to \(owner); create role \(writer) login;
        create schema own authorization \(owner);
        """)
      try await fixture.root.withConnection(user: owner) { connection in
        _ = try await connection.execute(
          """
          create table own.t (id int primary key, v text); grant insert, update, delete, truncate, select on own.t to \(writer);
          grant usage on schema own to \(writer)
          """)
        let set = try await ReplicationSet.open("q", connection)
        try await set.addTables(["own.t"], TableOptions()) { _ in }
      }
      try await fixture.root.withConnection(user: writer) { connection in
        _ = try await connection.execute("insert into own.t values (1); update own.t set v = 'x'; truncate own.t")
      }
      #expect(
        try await fixture.events(fixture.root) == """
          INSERT {"id":1,"v":null} own.t
          UPDATE {"id":1,"v":"x"} own.t
          R  own.t
          """)
      try await fixture.root.withConnection(user: owner) { connection in
        let set = try await ReplicationSet.open("q", connection)
        try await set.changeHandler(["own.t"], TableOptions()) { _ in }
        try await set.removeTables(nil) { _ in }
      }
      #expect(
        try await fixture.root.value("select count(*)::text from pg_trigger where tgrelid = 'own.t'::regclass") == "0")
      try await fixture.root.run("drop owned by \(owner), \(writer)")
      try await fixture.root.run("drop role \(owner), \(writer)")
    }
  }
}
