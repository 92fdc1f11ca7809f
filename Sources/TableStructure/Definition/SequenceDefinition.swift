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

  /// A sequence.
  public init(
    name: CatalogName, type: String, start: Int64, increment: Int64, minimum: Int64, maximum: Int64, cache: Int64,
    cycles: Bool, column: String? = nil, owner: String, comment: String? = nil
  ) {
    self.name = name
    self.type = type
    self.start = start
    self.increment = increment
    self.minimum = minimum
    self.maximum = maximum
    self.cache = cache
    self.cycles = cycles
    self.column = column
    self.owner = owner
    self.comment = comment
  }

  /// The options as CREATE SEQUENCE takes them.
  var options: String {
    """
    increment by \(increment) minvalue \(minimum) maxvalue \(maximum) start with \(start) cache \(cache)\
    \(cycles ? " cycle" : " no cycle")
    """
  }
}
