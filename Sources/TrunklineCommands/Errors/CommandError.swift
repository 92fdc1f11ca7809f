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

extension CommandError {
  /// There is no queue of this name.
  static func noQueue(_ name: String) -> CommandError {
    CommandError(
      "there is no queue \"\(name)\"", hint: "see which there are: trunkline queue list", exitCode: .configuration)
  }

  /// There is no consumer of this name on the queue.
  static func noConsumer(_ consumer: String, _ queue: String) -> CommandError {
    CommandError(
      "consumer \"\(consumer)\" is not registered on queue \"\(queue)\"",
      hint: "see who is: trunkline consumer list", exitCode: .configuration)
  }
}
