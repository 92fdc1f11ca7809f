/// One thing in which a table differs from what it is copied from.
public struct StructureDifference: Codable, Sendable, Equatable {
  /// What can differ.
  public enum Aspect: String, Codable, Sendable {
    case table, column, type, collation, null, value, key, constraint, index, trigger, partition
    case foreignKey = "foreign key"
  }

  /// What differs, and its name.
  public var aspect: Aspect, name: String
  /// What it is here, and there; `nil` when it is missing.
  public var here: String?, there: String?
  /// Whether changes from there may fail here, or get lost; otherwise it matters when this node is the root.
  public var isSerious: Bool
  /// The statement that mends it; `nil` when that takes a decision.
  public var remedy: String?

  /// A difference.
  public init(
    _ aspect: Aspect, _ name: String, here: String?, there: String?, isSerious: Bool, remedy: String? = nil
  ) {
    self.aspect = aspect
    self.name = name
    self.here = here
    self.there = there
    self.isSerious = isSerious
    self.remedy = remedy
  }
}
