import DatabaseSchemas
public import PostgresClient

extension SchemaInstaller {
  /// Installs or upgrades all schemas in one transaction; doing it again does no harm.
  ///
  /// The server's warnings (roles that an administrator must create, for example) go to the connection's log.
  /// - Returns: the plan that was carried out.
  /// - Throws: `SchemaInstallerError`, naming the file whose statement failed; nothing is changed then. `PostgresError` when
  ///   the connection fails.
  @discardableResult
  public func install(on connection: PostgresConnection) async throws -> InstallationPlan {
    let plan = try await plan(on: connection)
    try await connection.transaction { connection in
      try await connection.execute(Self.transactionSettings)
      try await connection.execute(Self.lockStatement)
      for schema in schemas {
        for file in schema.files {
          do {
            try await connection.execute(file.text)
          } catch let error as PostgresError where error.code == .server {
            throw SchemaInstallerError(path: file.path, cause: error)
          }
        }
      }
      try await connection.execute(recordStatement)
    }
    return plan
  }
}
