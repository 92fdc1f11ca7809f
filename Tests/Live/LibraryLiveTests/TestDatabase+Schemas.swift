import PostgresClient
import PostgresTesting
import SchemaInstaller

extension TestDatabase {
  /// Installs Trunkline's schemas, for databases that are not copies of the template.
  func installSchemas() async throws {
    let connection = try await PostgresConnection.connect(PostgresConfiguration(connectionString))
    try await SchemaInstaller().install(on: connection)
    await connection.close()
  }
}
