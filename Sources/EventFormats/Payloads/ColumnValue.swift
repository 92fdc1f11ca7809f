/// One column of a row in text form: its name and the type's output text, nil for NULL.
public struct ColumnValue: Hashable, Sendable {
  /// Column name, unquoted.
  public var name: String
  /// The value as PostgreSQL writes it; nil is NULL.
  public var value: String?

  /// A column and its value.
  public init(_ name: String, _ value: String?) {
    self.name = name
    self.value = value
  }
}
