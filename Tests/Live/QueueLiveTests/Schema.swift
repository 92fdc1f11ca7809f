import DatabaseSchemas
import PostgresTesting

/// The SQL of the schema `pgq` alone, or of all schemas, run as it is.
enum Schema {
  /// Installs all schemas, or upgrades them.
  static func installAll(into database: TestDatabase) async throws {
    let text = DatabaseSchema.all.map(\.text).joined(separator: "\n")
    try await database.psql(
      "set client_min_messages = error; begin; set local check_function_bodies = off;\n\(text)\n; commit;")
  }

  static var text: String {
    let text = DatabaseSchema.named("pgq")?.text ?? ""
    return "begin; set local check_function_bodies = off;\n\(text)\n; commit;"
  }

  /// Installs the schema and returns what the server reported at the level of a warning.
  @discardableResult
  static func install(into database: TestDatabase, user: String = "postgres") async throws -> String {
    let output = try await database.tools(user: user).tryPsql("set client_min_messages = warning;\n\(text)")
    guard output.status == 0 else { throw InstallationFailed(message: output.standardError) }
    return output.standardError
  }

  struct InstallationFailed: Error {
    let message: String
  }
}

/// The SQL of the schema `pgq_node`, for databases that have `pgq` only.
enum NodeSchema {
  static var text: String { DatabaseSchema.named("pgq_node")?.text ?? "" }
}
