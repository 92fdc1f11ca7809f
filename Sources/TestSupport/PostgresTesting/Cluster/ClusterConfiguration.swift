/// What kind of private cluster to boot.
public struct ClusterConfiguration: Sendable {
  /// The installation to use; `PostgresBinaries.installed()` when nil.
  public var binaries: PostgresBinaries?

  /// Server settings, added to (and winning over) the ones every private cluster has.
  public var settings: [String: String]

  /// Whether committed data survives a crash of the machine. Off, fsync is off: faster, and a killed server loses nothing.
  public var durable: Bool

  /// Whether the server also listens on a free TCP port of 127.0.0.1.
  public var tcp: Bool

  /// Lines of pg_hba.conf; nil trusts every local connection.
  public var authentication: [String]?

  /// Words added to the command line of initdb.
  public var initdbArguments: [String]

  /// A configuration for tests: not durable, no TCP, everybody trusted.
  public init(
    binaries: PostgresBinaries? = nil, settings: [String: String] = [:], durable: Bool = false, tcp: Bool = false,
    authentication: [String]? = nil, initdbArguments: [String] = []
  ) {
    self.binaries = binaries
    self.settings = settings
    self.durable = durable
    self.tcp = tcp
    self.authentication = authentication
    self.initdbArguments = initdbArguments
  }

  /// The text of the configuration file for a server with its socket in `socketDirectory`.
  func serverSettings(socketDirectory: String, port: Int) -> String {
    var all = [
      "listen_addresses": tcp ? "127.0.0.1" : "",
      "port": "\(port)",
      "unix_socket_directories": socketDirectory,
      "max_connections": "200",
      "shared_buffers": "128MB",
      "wal_level": "logical",
      "max_prepared_transactions": "50",
      "log_line_prefix": "%m [%p] %u@%d ",
      "timezone": "UTC",
      "log_timezone": "UTC",
    ]
    if !durable {
      all.merge(["fsync": "off", "full_page_writes": "off"]) { $1 }
    }
    all.merge(settings) { $1 }
    return all.sorted { $0.key < $1.key }
      .map { "\($0.key) = '\($0.value.replacing("'", with: "''"))'\n" }.joined()
  }
}
