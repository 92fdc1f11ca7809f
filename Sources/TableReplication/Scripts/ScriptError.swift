public import PostgresClient
public import ServiceRuntime

/// Why a script cannot be executed: where it stands and what to do. Nothing of it was kept.
public struct ScriptError: ReportedError, CustomStringConvertible {
  /// What is wrong, with the script's name and the place in it, once known.
  public var message: String
  /// The remedy.
  public var hint: String?
  /// What the program returns.
  public var exitCode: ExitCode
  /// The server's answer, when there was one.
  public var cause: PostgresError?

  /// An error.
  public init(_ message: String, hint: String? = nil, exitCode: ExitCode = .badData, cause: PostgresError? = nil) {
    self.message = message
    self.hint = hint
    self.exitCode = exitCode
    self.cause = cause
  }

  /// The message, and the remedy where there is one.
  public var description: String { hint.map { "\(message); \($0)" } ?? message }
}
