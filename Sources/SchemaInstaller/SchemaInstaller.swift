public import DatabaseSchemas

/// Installs, checks and removes Trunkline's schemas.
public struct SchemaInstaller: Sendable {
  let schemas: [DatabaseSchema]

  /// An installer of all schemas there are, in their order.
  public init(schemas: [DatabaseSchema] = DatabaseSchema.all) {
    self.schemas = schemas
  }
}
