public import Logging

extension PostgresConnection {
  /// Lends a connection of its own to `body`, and closes it whatever happens.
  ///
  /// - Throws: what connecting and `body` throw.
  public static func with<Value>(
    _ configuration: PostgresConfiguration, logger: Logger, isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> sending Value
  ) async throws -> sending Value {
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
