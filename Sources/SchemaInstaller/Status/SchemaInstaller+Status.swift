import DatabaseSchemas
public import PostgresClient

extension SchemaInstaller {
  /// Compares what is installed with what this program brings along.
  /// - Throws: `PostgresError`.
  public func status(on connection: PostgresConnection) async throws -> [SchemaStatus] {
    let names = schemas.map(\.name)
    let present = Set(
      try await connection.query(
        "select nspname::text from pg_catalog.pg_namespace where nspname = any (\(names)::text[])"
      ).map { try $0.decode(0, as: String.self) })
    let records = try await records(on: connection)
    return schemas.map { SchemaStatus(of: $0, exists: present.contains($0.name), record: records[$0.name]) }
  }

  private func records(on connection: PostgresConnection) async throws -> [String: SchemaStatus.Record] {
    let known = try await connection.query(
      """
      select pg_catalog.to_regclass('trunkline.installed_schema') is not null
          and pg_catalog.to_regprocedure('trunkline.schema_fingerprint(text, text[])') is not null
      """
    ).first?.decode(0, as: Bool.self)
    guard known == true else { return [:] }
    let rows = try await connection.query(
      """
      select schema_name, version, checksum, fingerprint, trunkline.schema_fingerprint(schema_name, functions),
          pg_catalog.to_char(installed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), installed_by
      from trunkline.installed_schema
      """)
    var records: [String: SchemaStatus.Record] = [:]
    for row in rows {
      let (name, version, checksum, fingerprint, live, time, role) = try row.decode(
        String.self, String.self, String.self, String.self, String.self, String.self, String.self)
      records[name] = SchemaStatus.Record(
        version: version, checksum: checksum, fingerprint: fingerprint, liveFingerprint: live, installedAt: time,
        installedBy: role)
    }
    return records
  }
}
