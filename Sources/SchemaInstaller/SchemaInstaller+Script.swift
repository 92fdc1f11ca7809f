import DatabaseSchemas
import PostgresClient

extension SchemaInstaller {
  /// The oldest server that can run the SQL, as `server_version_num`.
  static let oldestServer = 140_000

  /// Settings of the transaction in which schemas are installed.
  ///
  /// Functions may mention functions of later files, hence no check of bodies. Settings of the installing role must not
  /// change the meaning of the text, hence the rest.
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
  static let lockStatement = """
    do $$ begin
        perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('trunkline schema', 0));
    end $$;
    """

  private static let versionCheck = """
    do $$ begin
        if pg_catalog.current_setting('server_version_num')::int < \(oldestServer) then
            raise exception 'Trunkline needs PostgreSQL 14 or later, this is %', pg_catalog.current_setting('server_version')
                using errcode = 'feature_not_supported';
        end if;
    end $$;
    """

  /// The whole installation as text for psql: one transaction that changes everything or nothing.
  public var script: String {
    var out = """
      -- Trunkline \(DatabaseSchema.release): \(schemas.map(\.name).joined(separator: ", "))
      -- For psql. Everything happens in one transaction; running it again does no harm.
      \\set ON_ERROR_STOP on
      \\set QUIET on
      begin;
      \(Self.versionCheck)
      \(Self.transactionSettings)
      \(Self.lockStatement)

      """
    for schema in schemas {
      out += "\n-- schema \(schema.name), version \(schema.version), checksum \(schema.checksum)\n\n"
      out += schema.text + "\n"
    }
    return out + "\n" + recordStatement + "\ncommit;\n"
  }

  /// Remembers what was installed.
  var recordStatement: String {
    let calls = schemas.map { schema in
      let names = schema.functionNames.map(quotedLiteral).joined(separator: ", ")
      return """
            perform trunkline._record_schema(\(quotedLiteral(schema.name)), \(quotedLiteral(schema.version)),
                \(quotedLiteral(schema.checksum)), array[\(names)]::text[]);
        """
    }
    return "do $record$ begin\n\(calls.joined(separator: "\n"))\nend $record$;"
  }
}

extension DatabaseSchema {
  /// Names of the functions that the text makes: files are named like the function they hold.
  var functionNames: [String] {
    files.filter { $0.kind == .functions || $0.kind == .triggers }.map(\.name)
  }
}
