public import ServiceRuntime

/// Why something cannot be done with a cascade, and what to do about it.
public struct CascadeError: ReportedError, CustomStringConvertible {
  /// What is wrong, with the node's name.
  public var message: String
  /// The remedy.
  public var hint: String?
  /// What the program returns.
  public var exitCode: ExitCode

  /// An error.
  public init(_ message: String, hint: String? = nil, exitCode: ExitCode = .configuration) {
    self.message = message
    self.hint = hint
    self.exitCode = exitCode
  }

  /// The message.
  public var description: String { message }
}
