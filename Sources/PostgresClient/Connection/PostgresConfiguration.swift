/// How to reach a server and which limits hold on the connection.
public struct PostgresConfiguration: Sendable {
  /// A libpq connection string or URI. What it leaves out comes from the `PG*` environment, service file and
  /// `~/.pgpass`, exactly as with `psql`; the empty string means the environment alone.
  public var connectionString: String
  /// Shown in `pg_stat_activity`; a name in ``connectionString`` wins.
  public var applicationName: String
  /// Limit for the whole connection attempt over all hosts. `nil`: `connect_timeout` of the connection string,
  /// else 15 seconds.
  public var connectTimeout: Duration?
  /// `statement_timeout` of the session; `nil` leaves the server's setting.
  public var statementTimeout: Duration?
  /// `lock_timeout` of the session; `nil` leaves the server's setting.
  public var lockTimeout: Duration?
  /// Further settings made right after connecting (`SET name = value`), applied in order.
  public var sessionSettings: [(name: String, value: String)]

  /// Makes a configuration; see the properties.
  public init(
    _ connectionString: String = "",
    applicationName: String = "trunkline",
    connectTimeout: Duration? = nil,
    statementTimeout: Duration? = nil,
    lockTimeout: Duration? = nil,
    sessionSettings: [(name: String, value: String)] = []
  ) {
    self.connectionString = connectionString
    self.applicationName = applicationName
    self.connectTimeout = connectTimeout
    self.statementTimeout = statementTimeout
    self.lockTimeout = lockTimeout
    self.sessionSettings = sessionSettings
  }
}

extension PostgresConfiguration {
  /// The `SET` statements that follow a successful connect, or `nil` when there are none.
  var sessionSetup: String? {
    var statements: [String] = []
    if let statementTimeout { statements.append("set statement_timeout = \(statementTimeout.wholeMilliseconds)") }
    if let lockTimeout { statements.append("set lock_timeout = \(lockTimeout.wholeMilliseconds)") }
    for (name, value) in sessionSettings {
      // Names of settings may hold dots ("a.b"), which quoting as one identifier would break.
      let quotedName = name.split(separator: ".", omittingEmptySubsequences: false)
        .map { quotedIdentifier(String($0)) }.joined(separator: ".")
      statements.append("set \(quotedName) = \(quotedLiteral(value))")
    }
    return statements.isEmpty ? nil : statements.joined(separator: "; ")
  }
}

extension Duration {
  /// Milliseconds, rounded down, at least zero.
  var wholeMilliseconds: Int64 {
    max(0, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
