/// A constraint of a table, other than NOT NULL.
public struct ConstraintDefinition: Codable, Sendable, Equatable {
  /// What it demands.
  public enum Kind: String, Codable, Sendable {
    /// As the catalog stores it.
    case primaryKey = "p"
    case unique = "u"
    case exclusion = "x"
    case check = "c"
    case foreignKey = "f"
  }

  /// Its name.
  public var name: String
  /// What it demands.
  public var kind: Kind
  /// What stands after its name; of a foreign key between `FOREIGN KEY` and the table that it refers to, that table, and the rest.
  public var text: String, references: CatalogName?, rest: String = ""
  /// Whether all rows are known to fulfil it.
  public var isValidated = true
  /// Its comment.
  public var comment: String?

  /// A constraint.
  public init(name: String, kind: Kind, text: String) {
    self.name = name
    self.kind = kind
    self.text = text
  }

  /// What stands after the name in `ALTER TABLE ... ADD CONSTRAINT`.
  public var definition: String { text + (references?.quoted ?? "") + rest }
}
