extension PostgresError {
  /// An error of connecting. There is no result to ask for fields; libpq, told to be verbose, puts the SQLSTATE into
  /// its text: `FATAL:  28P01: password authentication failed`.
  static func connecting(_ text: String) -> PostgresError {
    var lines: [String] = []
    var state: SQLState?
    for line in trimmed(text).split(separator: "\n") where !line.hasPrefix("LOCATION:  ") {
      let (cleaned, found) = withoutState(line)
      lines.append(cleaned)
      state = found ?? state
    }
    var error = PostgresError(.connectionFailed, lines.joined(separator: "; "))
    error.sqlState = state
    error.hint = connectingHint(state, text)
    if state == nil, text.contains("no password supplied") { error.sqlState = "28P01" }
    return error
  }

  /// Takes the SQLSTATE out of a line like `...: FATAL:  28P01: the message`.
  private static func withoutState(_ line: Substring) -> (line: String, state: SQLState?) {
    // The severity before it may be translated; two spaces, five of A-Z and 0-9, a colon and a space are not.
    for start in line.ranges(of: ":  ").map(\.upperBound) {
      let code = line[start...].prefix(5)
      let rest = line[code.endIndex...]
      guard code.utf8.count == 5, rest.hasPrefix(": "),
        code.utf8.allSatisfy({ (65...90).contains($0) || (48...57).contains($0) })
      else { continue }
      return (line[..<start] + String(rest.dropFirst(2)), SQLState(rawValue: String(code)))
    }
    return (String(line), nil)
  }

  private static func connectingHint(_ state: SQLState?, _ text: String) -> String? {
    switch state?.errorClass {
    case "28": "check user and password (~/.pgpass, PGPASSWORD) and pg_hba.conf"
    case "3D": "check the database's name, or create it"
    case "53": "the server has no connection slot left: raise max_connections, or use fewer connections"
    case nil where text.contains("password"): "give the password in ~/.pgpass, PGPASSWORD or the connection string"
    case nil where text.contains("certificate") || text.contains("SSL"):
      "check sslmode, sslrootcert and the server's certificate"
    case nil: "is the server running, and do host, port and socket directory fit?"
    default: nil
    }
  }
}
