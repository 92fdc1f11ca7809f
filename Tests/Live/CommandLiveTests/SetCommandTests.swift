import PostgresTesting
import Testing

/// `trunkline table` and `trunkline sequence` on nodes of sets.
@Suite struct SetCommandTests {
  /// Lends shells on a root with tables and on a branch without.
  private func withNodes(_ body: (Shell, Shell) async throws -> Void) async throws {
    try await withDatabase { root in
      try await withDatabase { branch in
        let (top, below) = (Shell(database: root), Shell(database: branch))
        try await root.psql(
          """
          create table customer (id serial primary key, name text); create table item (id int primary key);
          create table note (id int primary key, body text, draft text);
          """)
        try await top.checked("node", "create-root", "--queue", "shop", "main", root.connectionString)
        try await below.checked(
          "node", "create-branch", "--queue", "shop", "copy", branch.connectionString, "--provider",
          root.connectionString)
        try await body(top, below)
      }
    }
  }

  @Test func tablesOfASetFromTheShell() async throws {
    try await withNodes { top, below in
      #expect(try await top.checked("table", "missing") == "public.customer\npublic.item\npublic.note\n")
      let plan = try await top.checked("table", "add", "note", "--ignore", "draft", "--dry-run")
      #expect(
        plan.contains("'ignore=draft'") && plan.contains("londiste.local_add_table('shop', 'public.note'"), "\(plan)")
      #expect(try await top.checked("table", "add", "note", "--ignore", "draft") == "public.note: added\n")
      #expect(try await top.json("table", "add", "--all").array.map { $0["node"].text } == ["main", "main"])

      let added = try await below.checked("table", "add", "public.*", "--create-full")
      #expect(added.contains("public.customer: created and added\n"), "\(added)")
      let list = try await below.json("table", "list")
      #expect(list.array.count == 3 && list[0]["isLocal"].bool == true && list[0]["state"].isNull, "\(list)")
      #expect(try await below.checked("table", "list").contains("to be copied"))
      #expect(try await below.checked("table", "list", "--names-only").contains("public.item\n"))
      #expect(try await below.json("table", "list", "--captures").array.count == 3)

      let late = try await below.run("table", "wait-sync", "--timeout", "0")
      #expect(late.status == 75 && late.standardError.contains("0 of 3 tables"), "\(late)")
      try await below.database.psql("update londiste.table_info set merge_state = 'ok'")
      #expect(try await below.json("table", "wait-sync")["tables"].int == 3)
      #expect(try await below.checked("table", "check") == "3 tables checked, nothing to mend.\n")
      try await top.database.psql("alter table item add price numeric")
      let check = try await below.run("table", "check", "item")
      #expect(check.status == 2 && check.standardOutput.contains("add column price numeric"), "\(check)")

      try await below.checked("table", "change-handler", "item", "--handler", "bulk", "--handler-arg", "method=1")
      #expect(try await below.checked("table", "list").contains("handler=bulk(method=1)"))
      #expect(try await below.checked("table", "resync", "item") == "public.item: will be copied again\n")
      #expect(try await below.checked("table", "remove", "--all").contains("public.note: removed"))
      #expect(try await top.checked("table", "remove", "note") == "public.note: removed\n")
      #expect(try await top.checked("table", "missing") == "public.note\n")
    }
  }

  @Test func foreignKeysAndSequencesFromTheShell() async throws {
    try await withNodes { top, below in
      try await top.database.psql(
        "create table bill (id int primary key, customer int references customer); create sequence s")
      try await top.checked("table", "add", "--all")
      try await top.checked("sequence", "add", "s")
      #expect(try await top.json("sequence", "list")[1]["published"].int == 30001)
      try await below.checked("table", "add", "customer", "bill", "--create-full")
      #expect(try await below.checked("sequence", "missing") == "public.s\n")
      #expect(try await below.checked("sequence", "add", "--all", "--create") == "public.s: created and added\n")
      #expect(try await below.checked("table", "fkeys").contains("pending: public.bill is not in sync"))
      try await below.database.psql("update londiste.table_info set merge_state = 'ok' where local")
      #expect(
        try await below.checked("table", "fkeys", "--restore", "--dry-run").contains(
          "add constraint bill_customer_fkey"))
      try await below.checked("table", "fkeys", "--restore")
      #expect(try await below.json("table", "fkeys")[0]["state"].text == "valid")
      #expect(try await below.checked("sequence", "remove", "s") == "public.s: removed\n")
    }
  }

  @Test func optionsOfSetsAreRefusedElsewhereAndPlainCapturesWorkAsBefore() async throws {
    try await withNodes { top, below in
      try await top.checked("queue", "create", "plain")
      let refused = try await top.run("table", "add", "--queue", "plain", "item", "--create", "--handler", "bulk")
      #expect(refused.status == 64 && refused.standardError.contains("--create, --handler"), "\(refused)")
      #expect(try await top.checked("table", "add", "--queue", "plain", "item") == "item: added\n")
      #expect(try await top.checked("table", "list", "--queue", "plain").contains("public.item"))
      #expect(try await top.checked("table", "remove", "--queue", "plain", "item") == "item: removed\n")
      let unknown = try await top.run("table", "add", "nope")
      #expect(unknown.status == 78 && unknown.standardError.contains("public.nope"), "\(unknown)")
      try await withDatabase { database in
        let elsewhere = try await Shell(database: database).run("table", "missing")
        #expect(elsewhere.status == 78 && elsewhere.standardError.contains("no node of any queue"), "\(elsewhere)")
        let which = try await Shell(database: database).run("table", "add", "t")
        #expect(which.status == 64 && which.standardError.contains("--queue"), "\(which)")
      }
    }
  }
}
