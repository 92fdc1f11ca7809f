import ServiceRuntime

/// An error of a command itself.
struct CommandError: ReportedError {
  let message: String
  var hint: String?
  var exitCode: ExitCode

  init(_ message: String, hint: String? = nil, exitCode: ExitCode = .failure) {
    self.message = message
    self.hint = hint
    self.exitCode = exitCode
  }
}
