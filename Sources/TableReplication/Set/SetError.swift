public import ServiceRuntime

/// Why something cannot be done with the tables of a set, and what to do about it.
public struct SetError: ReportedError, CustomStringConvertible {
  /// What is wrong, with the names of queue, node and table.
  public var message: String
  /// The remedy.
  public var hint: String?
  /// What the program returns.
  public var exitCode: ExitCode
  /// The code with which the node answered, when it did: 4xx.
  public var answer: Int?

  /// An error.
  public init(_ message: String, hint: String? = nil, exitCode: ExitCode = .configuration, answer: Int? = nil) {
    self.message = message
    self.hint = hint
    self.exitCode = exitCode
    self.answer = answer
  }

  /// The message.
  public var description: String { message }
}
