/// An entry of the member map, which every node has.
public struct NodeLocation: Codable, Sendable, Equatable {
  /// The node's name.
  public var name: String
  /// The libpq connection string that other nodes use; may hold a password.
  public var connectionString: String
  /// Whether the others do without this node.
  public var isDead: Bool

  /// An entry.
  public init(name: String, connectionString: String, isDead: Bool = false) {
    self.name = name
    self.connectionString = connectionString
    self.isDead = isDead
  }
}
