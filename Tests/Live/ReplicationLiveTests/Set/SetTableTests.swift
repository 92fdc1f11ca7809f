import TableStructure
import PostgresClient
import PostgresTesting
import TableReplication
import Testing

/// Tables of a set: added, removed, copied again; every option and every error.
@Suite struct SetTableTests {
  static let tables = """
    create table a (id int primary key, v text); create table b (id int primary key); create table "C d" (id int primary key);
    create table keyless (id int);
    """

  @Test func allThatIsMissingCanBeAdded() async throws {
    try await SetFixture.with(tables: "create table a (id int primary key); create table b (id int primary key)") {
      fixture in
      #expect(try await fixture.at(fixture.root) { try await $0.missing().tables } == ["public.a", "public.b"])
      #expect(try await fixture.add(at: fixture.root).map(\.name) == ["public.a", "public.b"])
      #expect(try await fixture.at(fixture.root) { try await $0.missing().tables } == [])
      // the branch hears of them although no event has reached it
      #expect(
        try await fixture.add(at: fixture.branch) { $0.creation = .columns }.map(\.result) == [
          "created and added", "created and added",
        ])
      let branch = try await fixture.at(fixture.branch) { try await $0.tables() }
      #expect(branch.map(\.isLocal) == [true, true] && branch.allSatisfy { $0.state == nil })
      #expect(try await fixture.add(at: fixture.branch) == [])
    }
  }

  @Test func patternsChooseAmongWhatIsMissing() async throws {
    try await SetFixture.with(tables: Self.tables) { fixture in
      #expect(try await fixture.add("public.[x]*", "C*", at: fixture.root).map(\.result) == ["nothing fits", "added"])
      try await fixture.add("a", at: fixture.root)
      #expect(try await fixture.add("a", at: fixture.root).map(\.result) == ["added"])
      #expect(
        try await fixture.at(fixture.root) { try await $0.tables().map(\.name) } == ["public.C d", "public.a"])
    }
  }

  @Test func errorsSayWhatIsWrong() async throws {
    try await SetFixture.with(tables: Self.tables) { fixture in
      let unknown = await fixture.refusal { try await fixture.add("nope", at: fixture.root) }
      #expect(unknown.contains("public.nope: no such table") && unknown.contains("node root"), "\(unknown)")
      let skipped = try await fixture.add("nope", "a", at: fixture.root) { $0.skipsMissing = true }
      #expect(skipped.map(\.result) == ["skipped", "added"])
      let forced = await fixture.refusal { try await fixture.add("nope", at: fixture.root) { $0.isForced = true } }
      #expect(forced.contains("public.nope does not exist on node root"), "\(forced)")
      let keyless = await fixture.refusal { try await fixture.add("keyless", at: fixture.root) }
      #expect(keyless.contains("Primary key missing on table: public.keyless (400)"), "\(keyless)")
      let different = await fixture.refusal { try await fixture.add("a", at: fixture.root) { $0.handler = "bulk" } }
      #expect(different.contains("(410)") && different.contains("change-handler"), "\(different)")
      let creation = await fixture.refusal { try await fixture.add("b", at: fixture.root) { $0.creation = .full } }
      #expect(creation.contains("the root has nobody"), "\(creation)")
      let names = await fixture.refusal { try await fixture.add("a*", at: fixture.root) { $0.destination = "x" } }
      #expect(names.contains("for one table"), "\(names)")

      let notInSet = await fixture.refusal { try await fixture.add("b", at: fixture.branch) }
      #expect(notInSet.contains("public.b: not in the set (queue \"q\", node branch)"), "\(notInSet)")
      let absent = await fixture.refusal { try await fixture.add("a", at: fixture.branch) }
      #expect(absent.contains("public.a does not exist on node branch | make it: --create"), "\(absent)")
      let removed = await fixture.refusal {
        try await fixture.at(fixture.branch) { try await $0.removeTables(["a"]) { _ in } }
      }
      #expect(removed.contains("public.a: not replicated on node branch"), "\(removed)")
      let nowhere = await fixture.refusal { try await fixture.add("a", at: fixture.leaf) { $0.creation = .columns } }
      #expect(nowhere.contains("public.a is not replicated on node branch"), "\(nowhere)")
      let foreign = await fixture.refusal {
        _ = try await fixture.root.withConnection { try await ReplicationSet.open("x", $0) }
      }
      #expect(foreign.contains("no node of queue \"x\""), "\(foreign)")
    }
  }

  @Test func aNodeCopiesFromWhereTheRowsAre() async throws {
    try await SetFixture.with(tables: Self.tables) { fixture in
      try await fixture.add("a", "b", at: fixture.root)
      // the branch has the queue only
      try await fixture.at(fixture.branch) { try await $0.addTables([], TableOptions()) { _ in } }
      let refused = await fixture.refusal { try await fixture.add("a", at: fixture.leaf) { $0.creation = .columns } }
      #expect(refused.contains("not replicated on node branch") && refused.contains("--find-copy-node"), "\(refused)")
      try await fixture.add("a", at: fixture.leaf) {
        $0.creation = .columns
        $0.copySource = .firstWithData
      }
      try await fixture.add("b", at: fixture.leaf) {
        $0.creation = .columns
        $0.copySource = .node("root")
        $0.maxParallelCopy = 2
        $0.skipsTruncate = true
      }
      var tables = try await fixture.at(fixture.leaf) { try await $0.tables().filter(\.isLocal) }
      #expect(tables.map(\.attributes.copyNode) == ["root", "root"])
      #expect(tables.last?.attributes.maxParallelCopy == 2 && tables.last?.attributes.skipsTruncate == true)
      #expect(
        try await fixture.leaf.value("select table_attrs from londiste.table_info where table_name = 'public.b'")
          == "copy_node=root&max_parallel_copy=2&skip_truncate=1")

      // the branch has them now
      try await fixture.add("a", at: fixture.branch) { $0.creation = .columns }
      let early = await fixture.refusal {
        try await fixture.at(fixture.leaf) { try await $0.resyncTables(nil) { _ in } }
      }
      #expect(early.contains("public.b is not replicated on node branch"), "\(early)")
      try await fixture.finishCopies(at: fixture.leaf)
      try await fixture.at(fixture.leaf) { try await $0.resyncTables(["a"]) { _ in } }
      tables = try await fixture.at(fixture.leaf) { try await $0.tables().filter(\.isLocal) }
      #expect(tables.map(\.attributes.copyNode) == [nil, "root"])
      #expect(tables.map(\.state) == [nil, "ok"])
      let root = await fixture.refusal {
        try await fixture.at(fixture.root) { try await $0.resyncTables(nil) { _ in } }
      }
      #expect(root.contains("is the root"), "\(root)")
      let lost = await fixture.refusal {
        try await fixture.at(fixture.leaf) { try await $0.resyncTables(["b"], from: .node("nobody")) { _ in } }
      }
      #expect(lost.contains("no node nobody"), "\(lost)")
    }
  }

  @Test func resyncBringsBackWhatABrokenCopyTookDown() async throws {
    try await SetFixture.with(everywhere: "create table a (id int primary key, v text); create index av on a (v);") {
      fixture in
      try await fixture.add("a", at: fixture.root)
      try await fixture.add("a", at: fixture.branch)
      try await fixture.branch.run(
        """
        update londiste.table_info set merge_state = 'in-copy', dropped_ddl = 'create index av on public.a (v)'; drop index av;
        begin; set local session_replication_role = replica; insert into a values (1); commit
        """)
      let dry = try await fixture.at(fixture.branch) { set in
        var results: [SetResult] = []
        try await set.resyncTables(["a"], isDry: true) { results.append($0) }
        return results
      }
      #expect(dry.first?.sql?.contains("create index av on public.a (v)") == true)
      #expect(try await fixture.branch.value("select count(*)::text from a") == "1")
      try await fixture.at(fixture.branch) { try await $0.resyncTables(["a"]) { _ in } }
      #expect(try await fixture.branch.value("select to_regclass('av')::text || count(a.*) from a") == "av0")
    }
  }

  @Test func conditionsAndColumnsOfTheRootHoldOnEveryNode() async throws {
    try await SetFixture.with(everywhere: "create table a (id int primary key, v text, secret text)") { fixture in
      try await fixture.add("a", at: fixture.root) { $0.capture = CaptureOptions(ignore: ["secret"], when: "id < 100") }
      try await fixture.add("a", at: fixture.branch)
      let branch = try await fixture.at(fixture.branch) { try await $0.tables() }
      #expect(branch.first?.attributes.condition == "id < 100")
      #expect(
        try await fixture.branch.value("select ignore::text || when_expr from trunkline.capture") == "{secret}id < 100")
      try await fixture.finishCopies(at: fixture.branch)
      let other = await fixture.refusal {
        try await fixture.add("a", at: fixture.leaf) { $0.capture.when = "id < 50" }
      }
      #expect(other.contains("replicates only rows with id < 100"), "\(other)")
      try await fixture.add("a", at: fixture.leaf)
      #expect(try await fixture.at(fixture.leaf) { try await $0.tables().first?.attributes.condition } == "id < 100")
    }
  }

  @Test func otherOptions() async throws {
    try await SetFixture.with(everywhere: Self.tables + "create table dest (id int primary key)") { fixture in
      try await fixture.add("a", "b", "C d", at: fixture.root)
      try await fixture.add("a", at: fixture.branch) { $0.expectsSync = true }
      try await fixture.add("b", at: fixture.branch) {
        $0.destination = "dest"
        $0.makesTriggers = false
        $0.handler = RegisteredAttributes.handler("bulk", [("method", "2")])
      }
      let tables = try await fixture.at(fixture.branch) { try await $0.tables() }
      #expect(tables[0].isInSync)
      #expect(tables[1].destination == "public.dest" && tables[1].attributes.handler == "bulk(method=2)")
      #expect(try await fixture.branch.value("select count(*)::text from trunkline.capture") == "1")
      try await fixture.branch.run("insert into dest values (1)")

      try await fixture.branch.run("drop table \"C d\"")
      let virtual = try await fixture.add("C d", at: fixture.branch) { $0.handler = "vtable" }
      #expect(virtual.map(\.result) == ["added"])
      #expect(
        try await fixture.branch.value(
          "select merge_state || ' ' || table_attrs from londiste.table_info where table_name = 'public.C d'")
          == "ok handler=vtable")

      try await fixture.at(fixture.branch) { set in
        try await set.changeHandler(["b"], TableOptions()) { _ in }
      }
      #expect(try await fixture.at(fixture.branch) { try await $0.tables()[1].attributes.handler } == nil)
      #expect(try await failure("insert into dest values (2)", fixture.branch) == "Insert into queue disallowed")
    }
  }

  @Test func aQueueTableKeepsNoRows() async throws {
    try await SetFixture.with(tables: "create table q (id int primary key)") { fixture in
      try await fixture.add("q", at: fixture.root) { $0.handler = "qtable" }
      try await fixture.root.run("insert into q values (1)")
      #expect(try await fixture.root.value("select count(*)::text from q") == "0")
      #expect(try await fixture.events(fixture.root) == "I:id id=1 public.q")
    }
  }

  @Test func aDryRunChangesNothingAndShowsWhatWouldWork() async throws {
    try await SetFixture.with(tables: "create table a (id serial primary key, v text default 'x')") { fixture in
      let root = try await fixture.add("a", at: fixture.root, isDry: true)
      #expect(root.map(\.result) == ["planned"])
      #expect(try await fixture.at(fixture.root) { try await $0.tables() } == [])
      try await fixture.root.run((root.first?.sql ?? []).joined(separator: ";"))
      let branch = try await fixture.add("a", at: fixture.branch, isDry: true) { $0.creation = .full }
      #expect(try await fixture.branch.value("select to_regclass('a')::text") == "")
      #expect(branch.first?.sql?.contains { $0.hasPrefix("create table public.a ") } == true, "\(branch)")
    }
  }

  @Test func severalSourcesAreMergedOrNot() async throws {
    try await SetFixture.with(everywhere: "create table m (id int primary key)") { fixture in
      // two more queues, of which the leaf's database has leaves that feed a combined root
      try await fixture.leaf.run(
        """
        select pgq_node.register_location('c', 'here', 'x', false), pgq_node.create_node('c', 'root', 'here', 'w', null, null, null);
        """)
      let location = fixture.root.connectionString.replacing("'", with: "''")
      for queue in ["p1", "p2"] {
        try await fixture.root.run(
          """
          select pgq_node.register_location('\(queue)', n, '\(location)', false) from unnest('{there,here}'::text[]) n;
          select pgq_node.create_node('\(queue)', 'root', 'there', 'w', null, null, null);
          select londiste.local_add_table('\(queue)', 'm', '{tgflags=AIUDG}')
          """)
        try await fixture.leaf.run(
          """
          select pgq_node.register_location('\(queue)', 'there', '\(location)', false),
            pgq_node.register_location('\(queue)', 'here', 'x', false);
          select pgq_node.create_node('\(queue)', 'leaf', 'here', 'w_\(queue)', 'there', 1, 'c');
          select londiste.global_add_table('\(queue)', 'm')
          """)
      }
      func add(_ merge: TableOptions.Merge?) async throws {
        try await fixture.leaf.withConnection { connection in
          var options = TableOptions()
          options.merge = merge
          try await ReplicationSet.open("p1", connection).addTables(["m"], options) { _ in }
        }
      }
      let undecided = await fixture.refusal { try await add(nil) }
      #expect(undecided.contains("(405)") && undecided.contains("--merge-all"), "\(undecided)")
      try await add(.all)
      #expect(
        try await fixture.leaf.value(
          "select string_agg(queue_name || ' ' || coalesce(merge_state, 'copy'), ',' order by queue_name) from londiste.table_info where local"
        )
          == "c ok,p1 copy,p2 copy")
    }
  }
}
