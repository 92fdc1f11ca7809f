import PostgresClient
import Logging
import NodeCascade
import PostgresTesting
import TableReplication
import Testing

/// A node that registers only some names of the set.
@Suite struct NodeFilterTests {
  @Test func namesThatAreLeftOutAreNeverRegistered() async throws {
    let tables = """
      create table a (id int primary key); create table a_b (id int primary key); create table axb (id int primary key);
      create schema x; create table x.t (id int primary key); create sequence s; create sequence x.s;
      """
    try await withDatabase { root in
      try await withDatabase { leaf in
        try await root.run(tables)
        var creation = NodeCreation(
          queue: "q", type: .root, name: "root", publicLocation: root.connectionString, worker: "w")
        creation.checksLocation = false
        _ = try await creation.run(local: .init(root.connectionString), logger: .init(label: "test")) { _ in }
        try await root.run("select londiste.local_add_table('q', t) from unnest('{a,a_b,x.t}'::text[]) t")
        creation = NodeCreation(
          queue: "q", type: .leaf, name: "leaf", publicLocation: leaf.connectionString, worker: "wl")
        creation.provider = root.connectionString
        creation.checksLocation = false
        creation.attributes.onlyTables = ["a*", "x.*"]
        creation.attributes.skippedTables = ["a_b"]
        creation.attributes.skippedSequences = ["x.*"]
        _ = try await creation.run(local: .init(leaf.connectionString), logger: .init(label: "test")) { _ in }
        func names() async throws -> String {
          try await leaf.value("select string_agg(table_name, ',' order by table_name) from londiste.table_info")
        }
        #expect(try await names() == "public.a,x.t")

        // what a worker does when the root adds a table, and what a command learns
        try await leaf.run(
          "select londiste.global_add_table('q', 'public.a_b'), londiste.global_add_table('q', 'public.axb')")
        #expect(try await names() == "public.a,public.axb,x.t")
        try await root.run("select londiste.local_add_seq('q', s) from unnest('{s,x.s}'::text[]) s")
        try await leaf.withConnection { connection in
          try await ReplicationSet.open("q", connection).addTables(["nothing*"], TableOptions()) { _ in }
        }
        #expect(try await names() == "public.a,public.axb,x.t")
        #expect(try await leaf.value("select string_agg(seq_name, ',') from londiste.seq_info") == "public.s")
      }
    }
  }
}
