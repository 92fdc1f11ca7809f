import DatabaseSchemas
import Foundation
import PostgresTesting
import Testing

/// What of the original PgQ is installed on this machine. Tests that need it are skipped, and counted as such, where it is not.
enum OriginalPgQ {
  static let ticker = "/usr/bin/pgqd"
  static let python = "/usr/bin/python3"

  static func hasExtension() async throws -> Bool {
    let cluster = try await SharedCluster.shared()
    return try await PostgresTools(cluster: cluster).psql(
      "select count(*) from pg_available_extensions where name = 'pgq';") == "1"
  }

  /// Creates the extension. It does not expect that another database of the server gets its roles at the same time.
  static func createExtension(in database: TestDatabase) async throws {
    let roles = DatabaseSchema.named("pgq")?.files.first { $0.name == "10_roles" }?.text ?? ""
    try await database.psql("\(roles); create extension pgq;")
  }

  static func hasPython() async throws -> Bool {
    guard FileManager.default.isExecutableFile(atPath: python) else { return false }
    return try await Program([python, "-c", "import pgq, skytools, psycopg2"]).run().status == 0
  }
}

extension Trait where Self == ConditionTrait {
  static var originalExtension: Self {
    .enabled("the extension pgq is not installed: make deps") { try await OriginalPgQ.hasExtension() }
  }

  static var originalTicker: Self {
    .enabled("pgqd is not installed: make deps") { FileManager.default.isExecutableFile(atPath: OriginalPgQ.ticker) }
  }

  static var originalPython: Self {
    .enabled("python3-pgq is not installed: make deps") { try await OriginalPgQ.hasPython() }
  }
}
