/// Which statements the server has parsed on a connection.
struct PreparedStatements {
  /// Statements are the same when text and bound types are.
  struct Key: Hashable {
    var sql: String
    var types: [UInt32]
  }

  /// More would fill the server's memory when a program makes endless different texts; those run unprepared.
  static let limit = 1000

  private var names: [Key: String] = [:]
  private var last = 0

  var isFull: Bool { names.count >= Self.limit }

  subscript(key: Key) -> String? { names[key] }

  /// A name that was not used on this connection.
  mutating func newName() -> String {
    last += 1
    return "trunkline_\(last)"
  }

  mutating func add(_ key: Key, _ name: String) { names[key] = name }

  /// Forgets a statement that the server lost (`DISCARD ALL`) or that no longer fits the tables.
  mutating func remove(_ key: Key) { names[key] = nil }
}
