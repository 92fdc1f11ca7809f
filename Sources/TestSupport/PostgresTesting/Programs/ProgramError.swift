/// A program that could not be started, or failed.
public struct ProgramError: Error, CustomStringConvertible, Sendable {
  /// What went wrong, with the end of what the program wrote to standard error.
  public let message: String
  /// The command line.
  public let arguments: [String]

  init(_ message: String, arguments: [String]) {
    self.message = message
    self.arguments = arguments
  }

  /// The message and the command line.
  public var description: String { "\(message) [\(arguments.joined(separator: " "))]" }
}
