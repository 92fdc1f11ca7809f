import PostgresClient
import PostgresTesting
import TableReplication
import TableStructure
import Testing

/// Tables of a set whose root has the original's schemas.
@Suite struct OriginalProviderTests {
  @Test(.originalLondiste) func tablesAreMadeAndCheckedAgainstAnOriginalRoot() async throws {
    try await withDatabase(schemas: false) { root in
      try await OriginalPgQ.createExtension(in: root)
      try await root.psql(
        """
        create extension pgq_node; create extension londiste;
        create table customer (id serial primary key, name text not null default 'x'); create index on customer (name);
        create table bill (id int primary key, customer int references customer);
        select pgq_node.register_location('q', 'root', 'x', false), pgq_node.register_location('q', 'leaf', 'y', false);
        select pgq_node.create_node('q', 'root', 'root', 'w', null, null, null);
        select londiste.local_add_table('q', t) from unnest('{public.customer,public.bill}'::text[]) t;
        select londiste.local_add_seq('q', 'public.customer_id_seq');
        """)
      try await QueueSession.with { _, session in
        try await session.connection.query(
          "select pgq_node.register_location('q', 'root', \(root.connectionString), false)")
        try await session.connection.query("select pgq_node.register_location('q', 'leaf', 'y', false)")
        try await session.connection.query("select pgq_node.create_node('q', 'leaf', 'leaf', 'wl', 'root', 1, null)")
        let set = try await ReplicationSet.open("q", session.connection)
        var options = TableOptions()
        options.creation = .full
        var results: [SetResult] = []
        try await set.addTables(nil, options) { results.append($0) }
        #expect(results.map(\.result) == ["created and added", "created and added"])
        #expect(results.flatMap(\.warnings) == [])
        #expect(try await set.sequences().map(\.isLocal) == [true])
        #expect(try await session.value("select last_value from customer_id_seq", as: Int.self) > 10000)
        #expect(try await set.check().findings == [])
        #expect(try await set.foreignKeys().map(\.state) == [.pending])

        try await root.psql("alter table customer alter name type varchar(50)")
        let remedies = try await set.check().findings.filter(\.difference.isSerious).map(\.difference.remedy)
        #expect(
          remedies == [
            "alter table public.customer alter column name type character varying(50) using name::character varying(50)"
          ])
        try await set.resyncTables(["customer"]) { _ in }
        try await set.removeTables(["*"]) { _ in }
        #expect(try await set.missing().tables == ["public.bill", "public.customer"])
      }
    }
  }
}
