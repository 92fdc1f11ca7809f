/// One column of a table.
public struct ColumnDefinition: Codable, Sendable, Equatable {
  /// How its value comes about when a row does not give it.
  public enum Value: Codable, Sendable, Equatable {
    /// An expression.
    case expression(String)
    /// Computed from other columns, when written or when read.
    case generated(String, isVirtual: Bool)
    /// Numbered by the sequence; "always" or else by default.
    case identity(CatalogName, isAlways: Bool)
  }

  /// Its name, and its type as SQL writes it, with modifiers.
  public var name: String, type: String
  /// Its collation, when it is not that of the type.
  public var collation: String?
  /// Whether it takes no null.
  public var isNotNull = false
  /// Its default, when there is one.
  public var value: Value?
  /// Storage (`PLAIN`, `EXTERNAL`, `EXTENDED`, `MAIN`) and compression, when they are not the type's.
  public var storage: String?, compression: String?
  /// The statistics target, when it is not the server's.
  public var statisticsTarget: Int?
  /// Parameters such as `n_distinct=5`.
  public var options: [String] = []
  /// Its comment.
  public var comment: String?

  /// A column.
  public init(name: String, type: String) {
    self.name = name
    self.type = type
  }
}
