/// A database that a ticker serves.
struct DatabaseTarget: Sendable, Hashable {
  /// How to reach it; may hold a password.
  var connectionString: String
  /// How it is called in logs and in the status.
  var name: String
}
