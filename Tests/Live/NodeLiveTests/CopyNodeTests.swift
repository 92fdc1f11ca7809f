import EventFormats
import NodeCascade
import PostgresClient
import PostgresTesting
import SchemaInstaller
import TableReplication
import Testing

/// Copies from another node than the provider: numbers of transactions are those of the copy's source, and of no other database.
@Suite struct CopyNodeTests {
  private static let tables = "create table a (id int primary key, v text, n int not null default 0);"

  /// A root in one cluster; a branch and a leaf in another one, whose transactions have larger numbers.
  private static func with(leafOf provider: String, _ body: (SetFixture) async throws -> Void) async throws {
    try await PrivateCluster.with { first in
      try await PrivateCluster.with { second in
        _ = try await PostgresTools(cluster: second).psql(
          """
          create procedure burn() language plpgsql as $$ begin
            for i in 1..20000 loop perform txid_current(); commit; end loop; end $$; call burn();
          """)
        try await first.withDatabase { root in
          try await second.withDatabase { branch in
            try await second.withDatabase { leaf in
              let fixture = SetFixture(nodes: [
                .init(name: "root", database: root), .init(name: "branch", database: branch),
                .init(name: "leaf", database: leaf),
              ])
              for node in fixture.nodes {
                try await node.database.withConnection { _ = try await SchemaInstaller().install(on: $0) }
                try await node.database.run(tables)
              }
              try await fixture.create(.root, "root", provider: nil)
              try await fixture.root.run(
                "select londiste.local_add_table('s', 'a'); insert into a select g, 'v' from generate_series(1, 2000) g"
              )
              try await fixture.create(.branch, "branch", provider: "root")
              try await fixture.create(.leaf, "leaf", provider: provider)
              try await fixture.settle()
              try await fixture["branch"].run("select londiste.local_add_table('s', 'a')")
              try await body(fixture)
            }
          }
        }
      }
    }
  }

  @Test(
    .timeLimit(.minutes(3)),
    arguments: [("root", "branch"), ("branch", "root"), ("root", "?")])
  func nothingIsTakenForCopiedThatIsNot(_ provider: String, _ source: String) async throws {
    try await Self.with(leafOf: provider) { fixture in
      try await fixture.copying("root", "branch", "leaf") {
        try await fixture.waitUntilAllOK(on: "branch")
        try await fixture["leaf"].run(
          "select londiste.local_add_table('s', 'a', '{}', 'copy_node=\(source == "?" ? "%3f" : source)')")
        var round = 0
        try await pollUntil("the table to be ok", timeout: .seconds(60)) {
          round += 1
          try await fixture.root.run("update a set n = \(round) where id between \(round) and \(round) + 50")
          return try await fixture.states(on: "leaf") == "ok"
        }
        // Right after the hand-over: what an old snapshot would swallow.
        try await fixture.root.run("update a set v = 'after' where id < 100; insert into a values (9999, 'after')")
        try await fixture.waitUntilApplied(on: "branch")
        try await fixture.waitUntilApplied(on: "leaf")
      }
      try await fixture.expectEqual("a")
      #expect(try await fixture["leaf"].value("select v from a where id = 9999") == "after")
    }
  }
}
