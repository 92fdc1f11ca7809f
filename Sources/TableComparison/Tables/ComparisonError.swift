package import ServiceRuntime

/// Why tables cannot be compared or repaired, and what to do about it.
package struct ComparisonError: ReportedError, CustomStringConvertible {
  /// What is wrong, with the table's or queue's name.
  package var message: String
  /// The remedy.
  package var hint: String?
  /// What the program returns.
  package var exitCode: ExitCode

  package init(_ message: String, hint: String? = nil, exitCode: ExitCode = .configuration) {
    self.message = message
    self.hint = hint
    self.exitCode = exitCode
  }

  /// The message.
  package var description: String { message }
}
