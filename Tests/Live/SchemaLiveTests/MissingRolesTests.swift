import PostgresTesting
import SchemaInstaller
import Testing

/// Roles belong to the whole cluster, and an owner of a database may not make them.
@Suite struct MissingRolesTests {
  @Test func theStatementsForTheAdministratorAreShownAndHelp() async throws {
    try await PrivateCluster.with { cluster in
      let admin = PostgresTools(cluster: cluster)
      try await admin.psql("create role app login; create database app owner app")
      let install = TrunklineProgram.command(
        ["schema", "install"], environment: cluster.environment(database: "app", user: "app"))
      let first = try await install.run()
      #expect(first.status == 0, "\(first)")
      for role in ["pgq_reader", "pgq_writer", "pgq_admin", "londiste_reader", "londiste_writer"] {
        #expect(first.standardError.contains("create role \(role) nologin"))
        try await admin.psql("create role \(role) nologin")
      }
      try await admin.psql(
        "grant pgq_reader, pgq_writer to pgq_admin; grant pgq_reader to londiste_reader; grant pgq_admin to londiste_writer"
      )
      let second = try await install.run()
      #expect(second.status == 0 && second.standardError.isEmpty, "\(second)")
      let mayRead = try await PostgresTools(cluster: cluster, database: "app").psql(
        "select has_function_privilege('pgq_reader', 'pgq.next_batch(text, text)', 'execute')")
      #expect(mayRead == "t")
    }
  }
}
