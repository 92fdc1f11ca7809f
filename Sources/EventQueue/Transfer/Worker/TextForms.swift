package import PostgresClient

/// In which words values are written and read.
package enum TextForms {
  /// Makes a session write and read values in the words that captured changes have, whatever the settings of its role
  /// and database are. Row security is to fail rather than to hide rows silently.
  ///
  /// - Throws: `PostgresError`.
  package static func pin(_ connection: PostgresConnection) async throws {
    try await connection.execute(script)
  }

  /// The same as text, for scripts that others run.
  package static let script = """
    set datestyle = 'ISO, MDY'; set intervalstyle = postgres; set timezone = 'UTC'; set extra_float_digits = 1;
    set bytea_output = hex; set lc_monetary = 'C'; set xmloption = content; set row_security = off
    """
}
