extension PostgresConfiguration {
  /// A short name of the database for labels of metrics: `shop`, or `shop@db1` on another machine. Without secrets.
  package var databaseLabel: String {
    guard let given = ConnectionString.visibleOptions(connectionString) else { return "(malformed)" }
    let options = Dictionary(given) { $1 }
    let defaults = ConnectionString.defaults()
    if options["dbname"] == nil, options["host"] == nil, let service = options["service"] { return service }
    let name = options["dbname"] ?? defaults["dbname"] ?? options["user"] ?? defaults["user"] ?? "postgres"
    let host = options["host"] ?? options["hostaddr"] ?? defaults["host"] ?? ""
    guard !host.isEmpty, !host.hasPrefix("/"), !["localhost", "127.0.0.1", "::1"].contains(host) else { return name }
    let port = options["port"] ?? defaults["port"] ?? "5432"
    return port == "5432" ? "\(name)@\(host)" : "\(name)@\(host):\(port)"
  }
}
