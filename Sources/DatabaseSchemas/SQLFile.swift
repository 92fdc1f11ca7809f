/// One embedded SQL file. It may hold several statements.
public struct SQLFile: Sendable, Equatable {
  /// What the statements of a file make; kinds run in the order of the cases.
  public enum Kind: String, Sendable, CaseIterable {
    case structure, functions, triggers, grants
  }

  /// Path below `SQL/`, for example `pgq/functions/create_queue.sql`.
  public let path: String

  /// File name without `.sql`; for a function file the function's name.
  public let name: String

  /// What the file makes.
  public let kind: Kind

  /// The whole text of the file.
  public let text: String
}
