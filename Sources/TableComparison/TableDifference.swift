/// How the rows of a table differ between two databases.
public struct TableDifference: Sendable, Equatable, Codable {
  /// The table's name.
  public var table: String
  /// Rows on either side.
  public var sourceRows: Int, targetRows: Int
  /// Rows that only the source has, that only the target has, and that both have with different content.
  public var missing = 0, surplus = 0, changed = 0
  /// Keys of the first rows that differ, to look them up.
  public var examples: [String] = []

  /// Number of rows that differ in any way.
  public var count: Int { missing + surplus + changed }
}
