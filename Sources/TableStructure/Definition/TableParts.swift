/// SQL text with a name.
public struct NamedText: Codable, Sendable, Equatable {
  /// The name, and the definition: what stands before the table's name in it, and behind.
  public var name: String, before: String, after: String

  /// The definition for a table.
  public func text(for table: CatalogName) -> String { before + table.quoted + after }
}

/// An index that belongs to no constraint.
public struct IndexDefinition: Codable, Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Whether it is unique.
  public var isUnique: Bool
  /// What stands after the table's name in CREATE INDEX.
  public var text: String
  /// Its comment.
  public var comment: String?

  /// The statement that makes it.
  func statement(for table: CatalogName) -> String {
    "create \(isUnique ? "unique " : "")index \(quote(name)) on \(table.quoted) \(text)"
  }
}

/// A trigger or a rule.
public struct TriggerDefinition: Codable, Sendable, Equatable {
  /// Name and definition.
  public var definition: NamedText
  /// When it fires: `O` ordinarily, `A` always, `R` for replicated changes, `D` never.
  public var enabled: String
  /// The function that it calls; of a rule `nil`.
  public var function: CatalogName?
}

/// Who may see and write which rows.
public struct RowSecurity: Codable, Sendable, Equatable {
  /// A policy.
  public struct Policy: Codable, Sendable, Equatable {
    /// Its name, roles, and the command it is for.
    public var name: String, roles: [String], command: String
    /// Whether it permits, or else restricts.
    public var isPermissive: Bool
    /// Conditions on rows that are there and on new rows.
    public var using: String?, check: String?
  }

  /// Whether policies count, and for the owner, too.
  public var isEnabled = false, isForced = false
  /// The policies.
  public var policies: [Policy] = []

  /// None.
  public init() {}
}

/// A privilege on a table, a column of it, or a sequence.
public struct Grant: Codable, Sendable, Hashable {
  /// The role, `nil` for everybody.
  public var role: String?
  /// The privilege and the column.
  public var privilege: String, column: String?
  /// Whether the role may pass it on.
  public var isGrantable: Bool
}
