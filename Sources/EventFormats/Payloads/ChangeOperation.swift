/// What happened to a row or a table.
public enum ChangeOperation: String, Sendable, CaseIterable {
  case insert = "INSERT"
  case update = "UPDATE"
  case delete = "DELETE"
  case truncate = "TRUNCATE"

  /// The letter that `logutriga` and `sqltriga` write: I, U, D, and R for TRUNCATE.
  public var letter: Character {
    switch self {
    case .insert: "I"
    case .update: "U"
    case .delete: "D"
    case .truncate: "R"
    }
  }

  /// The operation that a letter stands for.
  public init?(letter: Character) {
    guard let found = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
    self = found
  }
}
