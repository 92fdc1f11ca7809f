import Logging
import PostgresClient
import ServiceRuntime

/// Finds the databases to serve.
struct DatabaseSearch: Sendable {
  let databases: TickerSettings.Databases
  let logger: Logger

  /// The databases that are named, or all of the server that have schema `pgq`.
  ///
  /// A database that cannot be looked into stays if it is one of `known`: its own ticker will report what is wrong.
  ///
  /// - Throws: ``PostgresError`` when the server's list cannot be read.
  func run(known: Set<DatabaseTarget>) async throws -> Set<DatabaseTarget> {
    switch databases {
    case .named(let connectionStrings):
      return Set(
        connectionStrings.map {
          DatabaseTarget(connectionString: $0, name: $0.isEmpty ? "(environment)" : ConnectionText.redacted($0))
        })
    case .all(let connectionString):
      var found: Set<DatabaseTarget> = []
      for name in try await names(via: connectionString) {
        let target = DatabaseTarget(
          connectionString: ConnectionString.naming(name, in: connectionString), name: name)
        // those that are served need no look
        if known.contains(target) {
          found.insert(target)
        } else if await hasQueues(target) {
          found.insert(target)
        }
      }
      return found
    }
  }

  private func names(via connectionString: String) async throws -> [String] {
    try await withConnection(connectionString) { connection in
      try await connection.query(
        """
        select datname from pg_database
        where datallowconn and not datistemplate and has_database_privilege(oid, 'connect')
        order by 1
        """
      ).map { try $0.decode(0, as: String.self) }
    }
  }

  private func hasQueues(_ target: DatabaseTarget) async -> Bool {
    do {
      return try await withConnection(target.connectionString) { connection in
        try await connection.query("select to_regnamespace('pgq') is not null").first?.decode(0) ?? false
      }
    } catch {
      // it may have been dropped a moment ago, or not be open to this role
      logger.notice("database cannot be looked into", metadata: ["db": "\(target.name)", "error": "\(error)"])
      return false
    }
  }

  private func withConnection<Value: Sendable>(
    _ connectionString: String, _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    let configuration = PostgresConfiguration(
      connectionString, applicationName: "trunkline ticker search", statementTimeout: .seconds(30))
    return try await PostgresConnection.with(configuration, logger: logger) { try await body($0) }
  }
}
