import PostgresTesting
import SchemaInstaller
import Testing

/// The commands, run as a user runs them.
@Suite struct SchemaCommandTests {
  private func trunkline(_ arguments: [String], on database: TestDatabase) async throws -> Program.Output {
    try await TrunklineProgram.command(
      arguments, environment: database.tools().environment.merging(["TRUNKLINE_DB": ""]) { $1 }
    ).run()
  }

  @Test func installStatusUninstall() async throws {
    try await withDatabase(schemas: false) { database in
      let missing = try await trunkline(["schema", "status"], on: database)
      #expect(missing.status == 2)
      #expect(missing.standardOutput.contains("missing"))
      let nothing = try await trunkline(["schema", "upgrade"], on: database)
      #expect(nothing.status == 78)
      let dry = try await trunkline(["schema", "install", "--dry-run"], on: database)
      #expect(dry.status == 0 && dry.standardOutput.contains("would create schema pgq"), "\(dry)")
      let installed = try await trunkline(["schema", "install", "--db", database.connectionString], on: database)
      #expect(installed.status == 0, "\(installed)")
      let status = try await trunkline(["schema", "status", "--json"], on: database)
      #expect(status.status == 0 && status.standardOutput.contains("\"state\" : \"current\""), "\(status)")
      try await database.psql("select pgq.create_queue('orders')")
      let refused = try await trunkline(["schema", "uninstall"], on: database)
      #expect(refused.status == 78 && refused.standardError.contains("orders"), "\(refused)")
      try await database.psql("select pgq.drop_queue('orders')")
      let removed = try await trunkline(["schema", "uninstall"], on: database)
      #expect(removed.status == 0, "\(removed)")
    }
  }

  @Test func unreachableServerHasItsOwnStatusAndHidesThePassword() async throws {
    let output = try await TrunklineProgram.command([
      "schema", "status", "--db", "postgresql://u:secret@127.0.0.1:1/d",
    ]).run()
    #expect(output.status == 69)
    #expect(!output.standardError.contains("secret"))
  }

  @Test func wrongUsage() async throws {
    let unknown = try await TrunklineProgram.command(["schema", "fly"]).run()
    #expect(unknown.status == 64)
    let help = try await TrunklineProgram.command(["--help"]).run()
    #expect(help.status == 0 && help.standardOutput.contains("schema"))
  }
}
