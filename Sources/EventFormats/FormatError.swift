/// Text from outside that does not follow its format.
///
/// It names what is wrong and where, and never shows the text itself: that may be a row of somebody's table.
public struct FormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What the text should have been, for example "URL-encoded row".
  public let format: String
  /// What is wrong with it.
  public let problem: String
  /// Byte offset of the problem in the UTF-8 text.
  public let offset: Int

  /// An error at byte `offset`.
  public init(format: String, problem: String, offset: Int) {
    self.format = format
    self.problem = problem
    self.offset = offset
  }

  /// One sentence for operators.
  public var description: String { "malformed \(format): \(problem) at byte \(offset)" }
}
