import DatabaseSchemas
import Logging
import PostgresClient
import PostgresTesting
import SchemaInstaller
import Testing

/// Runs `body` with a connection to a database as `user`.
func withConnection<Value: Sendable>(
  _ database: TestDatabase, user: String = "postgres", _ body: (PostgresConnection) async throws -> Value
) async throws -> Value {
  try await PostgresConnection.with(
    PostgresConfiguration(database.connectionString(user: user)), logger: Logger(label: "postgres")
  ) { try await body($0) }
}

@Suite struct SchemaInstallTests {
  private let installer = SchemaInstaller()

  @Test func installsTwiceAndIsCurrent() async throws {
    try await withDatabase(schemas: false) { database in
      try await withConnection(database) { connection in
        let before = try await installer.status(on: connection)
        #expect(before.allSatisfy { $0.state == .missing })
        #expect(before.map(\.schema) == DatabaseSchema.all.map(\.name))
        try await installer.install(on: connection)
        try await connection.execute("select pgq.create_queue('q')")
        let plan = try await installer.install(on: connection)
        #expect(plan.schemas.allSatisfy { $0.state == .current })
        let after = try await installer.status(on: connection)
        #expect(after.allSatisfy { $0.state == .current && !$0.isModified })
      }
    }
  }

  @Test func ownerWithoutSuperuserInstalls() async throws {
    try await withDatabase(schemas: false) { database in
      let role = FreshName.next("owner")
      try await database.psql("create role \(role) login; grant create on database \(database.name) to \(role)")
      try await withConnection(database, user: role) { connection in
        try await installer.install(on: connection)
        try await connection.execute("select pgq.create_queue('q')")
        let status = try await installer.status(on: connection)
        #expect(status.allSatisfy { $0.state == .current && $0.installedBy == role })
      }
      try await database.psql("drop owned by \(role); drop role \(role)")
    }
  }

  @Test func missingPrivilegeIsExplainedWithTheStatement() async throws {
    try await withDatabase(schemas: false) { database in
      let role = FreshName.next("nobody")
      try await database.psql("create role \(role) login")
      try await withConnection(database, user: role) { connection in
        let error = await #expect(throws: SchemaInstallerError.self) { try await installer.install(on: connection) }
        #expect(error?.reason == .notPermitted)
        let statement = "grant create on database \(database.name) to \(role);"
        #expect(error?.hint?.contains(statement) == true)
        try await database.psql(statement)
        try await installer.install(on: connection)
      }
    }
  }

  @Test func strangersSchemaIsExplained() async throws {
    try await withDatabase { database in
      let role = FreshName.next("stranger")
      try await database.psql("create role \(role) login; grant create on database \(database.name) to \(role)")
      try await withConnection(database, user: role) { connection in
        let error = await #expect(throws: SchemaInstallerError.self) { try await installer.install(on: connection) }
        #expect(error?.reason == .notPermitted)
        #expect(error?.hint?.contains("grant postgres to \(role)") == true)
      }
    }
  }

  @Test func tamperingShows() async throws {
    try await withDatabase { database in
      try await withConnection(database) { connection in
        #expect(try await state(of: "pgq", connection) == .current)
        try await connection.execute(
          "create or replace function pgq.version() returns text language sql as 'select ''hacked''::text'")
        #expect(try await state(of: "pgq", connection) == .modified)
        try await installer.install(on: connection)
        #expect(try await state(of: "pgq", connection) == .current)
        try await connection.execute("alter table pgq.queue add column mine int")
        #expect(try await state(of: "pgq", connection) == .modified)
        #expect(try await state(of: "trunkline", connection) == .current)
      }
    }
  }

  @Test func olderTextIsOutdated() async throws {
    try await withDatabase { database in
      try await withConnection(database) { connection in
        try await connection.execute("update trunkline.installed_schema set checksum = 'old' where schema_name = 'pgq'")
        #expect(try await state(of: "pgq", connection) == .outdated)
      }
    }
  }

  @Test func failureChangesNothingAndNamesTheFile() async throws {
    try await withDatabase(schemas: false) { database in
      // A table in the place of one of ours, with other columns.
      try await database.psql("create schema pgq; create table pgq.queue (nothing int)")
      try await withConnection(database) { connection in
        let error = await #expect(throws: SchemaInstallerError.self) { try await installer.install(on: connection) }
        #expect(error?.reason == .failed)
        #expect(error?.message.hasPrefix("pgq/") == true)
      }
      let functions = try await database.psql(
        "select count(*) from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname in ('pgq', 'trunkline')"
      )
      #expect(functions == "0")
    }
  }

  @Test func twoInstallationsAtOnceBothSucceed() async throws {
    try await withDatabase(schemas: false) { database in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask { try await withConnection(database) { _ = try await SchemaInstaller().install(on: $0) } }
        }
        try await group.waitForAll()
      }
      try await withConnection(database) { connection in
        let state = try await state(of: "pgq", connection)
        #expect(state == .current)
      }
    }
  }

  @Test func printedScriptInstallsThroughPsql() async throws {
    try await withDatabase(schemas: false) { database in
      let output = try await database.psql(installer.script)
      #expect(output.isEmpty)
      try await database.psql(installer.script)
      try await withConnection(database) { connection in
        let status = try await installer.status(on: connection)
        #expect(status.allSatisfy { $0.state == .current })
      }
    }
  }

  private func state(of schema: String, _ connection: PostgresConnection) async throws -> SchemaStatus.State? {
    try await installer.status(on: connection).first { $0.schema == schema }?.state
  }
}
