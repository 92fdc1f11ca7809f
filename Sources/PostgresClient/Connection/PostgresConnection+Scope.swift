public import Logging

extension PostgresConnection {
  /// Lends a connection of its own to `body`, and closes it whatever happens.
  ///
  /// - Throws: what connecting and `body` throw.
  public static func with<Value: Sendable>(
    _ configuration: PostgresConfiguration, logger: Logger, _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    let connection = try await connect(configuration, logger: logger)
    do {
      let value = try await body(connection)
      await connection.close()
      return value
    } catch {
      await connection.close()
      throw error
    }
  }
}
