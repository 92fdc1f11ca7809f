import Foundation

extension PrivateCluster {
  /// A libpq connection string for the server's socket.
  public nonisolated func connectionString(database: String = "postgres", user: String = "postgres") -> String {
    "host=\(quoted(path)) port=\(port) dbname=\(quoted(database)) user=\(quoted(user))"
  }

  /// A libpq connection string for the server's TCP port on 127.0.0.1, or for another port such as a proxy's.
  public nonisolated func tcpConnectionString(
    database: String = "postgres", user: String = "postgres", port: Int? = nil
  ) -> String {
    "host=127.0.0.1 port=\(port ?? self.port) dbname=\(quoted(database)) user=\(quoted(user))"
  }

  /// The `PG*` variables that lead libpq programs to this server.
  public nonisolated func environment(database: String = "postgres", user: String = "postgres") -> [String: String] {
    ["PGHOST": path, "PGPORT": "\(port)", "PGDATABASE": database, "PGUSER": user]
  }

  private nonisolated func quoted(_ value: String) -> String {
    "'\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
  }
}
