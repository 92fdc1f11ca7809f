/// A sequence.
public struct SequenceDefinition: Codable, Sendable, Equatable {
  /// Its name and type.
  public var name: CatalogName, type: String
  /// Its parameters.
  public var start: Int64, increment: Int64, minimum: Int64, maximum: Int64, cache: Int64, cycles: Bool
  /// The column of the table that owns it; dropped with it.
  public var column: String?
  /// Whether it belongs to an identity column and is made with it.
  public var isIdentity = false
  /// Owner, privileges and comment.
  public var owner: String, grants: [Grant] = [], comment: String?

  /// The options as CREATE SEQUENCE takes them.
  var options: String {
    """
    increment by \(increment) minvalue \(minimum) maxvalue \(maximum) start with \(start) cache \(cache)\
    \(cycles ? " cycle" : " no cycle")
    """
  }
}
