public import ServiceRuntime

/// Why a table cannot be made, and what to do about it.
public struct StructureError: ReportedError, CustomStringConvertible, Equatable {
  /// What is wrong, with the table's name.
  public var message: String
  /// The remedy.
  public var hint: String?
  /// What the program returns.
  public var exitCode: ExitCode { .configuration }

  /// An error.
  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  /// The message.
  public var description: String { message }
}
