import PostgresClient

/// A database of its own on a private cluster.
public struct TestDatabase: Sendable {
  /// The cluster it lives on. Tests that stop or kill servers boot their own cluster instead of using the shared one.
  public let cluster: PrivateCluster
  /// Its name.
  public let name: String

  /// A libpq connection string for the superuser.
  public var connectionString: String { cluster.connectionString(database: name) }

  /// A libpq connection string for `user`, which must exist.
  public func connectionString(user: String) -> String { cluster.connectionString(database: name, user: user) }

  /// Programs that connect to it.
  public func tools(user: String = "postgres") -> PostgresTools {
    PostgresTools(cluster: cluster, database: name, user: user)
  }

  /// Runs SQL text with psql.
  @discardableResult
  public func psql(_ sql: String, user: String = "postgres") async throws -> String {
    try await tools(user: user).psql(sql)
  }
}

extension PrivateCluster {
  /// Makes a database with a fresh name.
  ///
  /// - Parameters:
  ///   - template: database to copy; nobody may be connected to it.
  ///   - options: further words of CREATE DATABASE, for example `encoding 'LATIN1' locale 'C'`.
  public nonisolated func createDatabase(
    template: String = "template0", owner: String = "postgres", options: String = ""
  ) async throws -> TestDatabase {
    let name = FreshName.next("test")
    try await execute(
      "create database \"\(name)\" template \"\(template)\" owner \"\(owner)\" \(options)")
    return TestDatabase(cluster: self, name: name)
  }

  /// Removes a database and ends every session on it.
  public nonisolated func drop(_ database: TestDatabase) async throws {
    try await execute("drop database if exists \"\(database.name)\" with (force)")
  }

  /// Runs one statement in the database `postgres` as superuser.
  private nonisolated func execute(_ sql: String) async throws {
    let connection = try await PostgresConnection.connect(PostgresConfiguration(connectionString()))
    do {
      try await connection.execute(sql)
      await connection.close()
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Lends a fresh database to `body` and removes it.
  public nonisolated func withDatabase<Result: Sendable>(
    template: String = "template0", options: String = "", _ body: (TestDatabase) async throws -> Result
  ) async throws -> Result {
    let database = try await createDatabase(template: template, options: options)
    do {
      let result = try await body(database)
      try await drop(database)
      return result
    } catch {
      try? await drop(database)
      throw error
    }
  }
}
