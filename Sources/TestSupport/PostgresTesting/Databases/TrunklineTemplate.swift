import DatabaseSchemas

/// A database with Trunkline's schemas, made once and copied for each test.
enum TrunklineTemplate {
  static func create(on cluster: PrivateCluster) async throws -> String {
    let database = try await cluster.createDatabase()
    let text = DatabaseSchema.all.map(\.text).joined(separator: "\n")
    try await database.psql(
      "begin; set local client_min_messages = warning; set local check_function_bodies = off;\n\(text)\n; commit;")
    return database.name
  }
}
