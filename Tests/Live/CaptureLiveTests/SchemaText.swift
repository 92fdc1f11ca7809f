import DatabaseSchemas

/// The SQL of all schemas.
enum SchemaText {
  static let all = DatabaseSchema.all.map(\.text).joined(separator: "\n")
}
