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
  /// How long a server may take to stop a cancelled statement before the connection is cut.
  public var cancelGrace: Duration

  /// Makes a configuration; see the properties.
  public init(
    _ connectionString: String = "",
    applicationName: String = "trunkline",
    connectTimeout: Duration? = nil,
    statementTimeout: Duration? = nil,
    lockTimeout: Duration? = nil,
    sessionSettings: [(name: String, value: String)] = [],
    cancelGrace: Duration = .seconds(10)
  ) {
    self.connectionString = connectionString
    self.applicationName = applicationName
    self.connectTimeout = connectTimeout
    self.statementTimeout = statementTimeout
    self.lockTimeout = lockTimeout
    self.sessionSettings = sessionSettings
    self.cancelGrace = cancelGrace
  }
}

extension PostgresConfiguration {
  /// Adds options to a connection string of whatever form, for example `user=worker` to what others gave out as their location.
  /// Options that the string gives, too, are replaced.
  public static func connectionString(_ text: String, adding options: String) -> String {
    // what is wrong is said when somebody connects
    options.isEmpty ? text : ConnectionString.joined(text, options) ?? "\(text) \(options)"
  }

  /// How to reach a place that others gave out, see ``connectionString(_:adding:)``.
  public init(_ location: String, adding options: String, applicationName: String = "trunkline") {
    self.init(Self.connectionString(location, adding: options), applicationName: applicationName)
  }

  /// The `SET` statements that follow a successful connect, or `nil` when there are none.
  ///
  /// - Throws: `invalidInput` for a NUL byte.
  func sessionSetup() throws -> String? {
    var statements: [String] = []
    if let statementTimeout { statements.append("set statement_timeout = \(statementTimeout.serverMilliseconds)") }
    if let lockTimeout { statements.append("set lock_timeout = \(lockTimeout.serverMilliseconds)") }
    for (name, value) in sessionSettings {
      // Names of settings may hold dots ("a.b"), which quoting as one identifier would break.
      let quotedName = name.split(separator: ".", omittingEmptySubsequences: false)
        .map { quotedIdentifier(String($0)) }.joined(separator: ".")
      statements.append("set \(quotedName) = \(quotedLiteral(value))")
    }
    let text = statements.joined(separator: "; ")
    try refuseNUL(in: text)
    return text.isEmpty ? nil : text
  }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
  /// Where the connection leads, fit for logs: without passwords.
  public var description: String {
    guard let options = ConnectionString.visibleOptions(connectionString) else {
      return "(malformed connection string)"
    }
    guard !options.isEmpty else { return "(as the PG* environment says)" }
    return options.map { "\($0.keyword)=\($0.value)" }.joined(separator: " ")
  }

  /// The same as ``description``.
  public var debugDescription: String { description }
}

extension Duration {
  /// As the server's time-outs want it: a limit below one millisecond must not become 0, which means none.
  fileprivate var serverMilliseconds: Int64 { self > .zero ? max(1, min(wholeMilliseconds, Int64(Int32.max))) : 0 }

  /// Milliseconds, rounded down, at least zero.
  var wholeMilliseconds: Int64 {
    max(0, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
