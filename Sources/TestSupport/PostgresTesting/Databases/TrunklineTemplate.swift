import PostgresClient
import SchemaInstaller

/// A database with Trunkline's schemas, made once and copied for each test.
enum TrunklineTemplate {
  static func create(on cluster: PrivateCluster) async throws -> String {
    let database = try await cluster.createDatabase()
    let connection = try await PostgresConnection.connect(PostgresConfiguration(database.connectionString))
    try await SchemaInstaller().install(on: connection)
    await connection.close()
    // Nobody may be connected to a template; a closed session takes a moment to go.
    try await pollUntil("the template to be free") {
      try await PostgresTools(cluster: cluster).psql(
        "select count(*) from pg_stat_activity where datname = '\(database.name)'") == "0"
    }
    return database.name
  }
}
