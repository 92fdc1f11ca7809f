/// The statements that make a table, in order.
public struct CreationPlan: Codable, Sendable, Equatable {
  /// How much of the table is made.
  public enum Scope: String, Codable, Sendable {
    /// Columns, NOT NULL, primary key.
    case columns
    /// Everything.
    case full
  }

  /// A foreign key, which is made when both tables have their rows.
  public struct ForeignKey: Codable, Sendable, Equatable {
    /// The table, and that to which it refers.
    public var table: CatalogName, references: CatalogName
    /// The name of the constraint and the statement that adds it.
    public var name: String, statement: String
  }

  /// SQL, each to be run by itself, all in one transaction.
  public var statements: [String] = []
  /// What was left out, and why.
  public var warnings: [String] = []
  /// Foreign keys; not among the statements.
  public var foreignKeys: [ForeignKey] = []
  /// Sequences that the columns use, in so far as they are made or there.
  public var sequences: [CatalogName] = []

  /// Nothing.
  public init() {}
}
