import Logging
public import PostgresClient

/// Statements over connections of their own.
extension TestDatabase {
  /// Lends a connection to the database. What goes wrong is thrown, and not logged too.
  public func withConnection<Value: Sendable>(
    user: String = "postgres", _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try await PostgresConnection.with(
      PostgresConfiguration(connectionString(user: user)), logger: logger
    ) { try await body($0) }
  }

  /// Runs statements, if there are any.
  public func run(_ sql: String) async throws {
    guard !sql.isEmpty else { return }
    try await withConnection { _ = try await $0.execute(sql) }
  }

  /// The first column of the first row as text; empty when there is none or it is null.
  public func value(_ sql: String) async throws -> String {
    try await withConnection { try await $0.query(PostgresQuery(sql)).first?.decode(0, as: String?.self) ?? "" }
  }
}
