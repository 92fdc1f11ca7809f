import Foundation

/// A program to run: its command line, its environment, and what it reads.
public struct Program: Sendable {
  /// Command line; the first word is looked up in PATH.
  public var arguments: [String]
  /// The whole environment of the program.
  public var environment: [String: String]
  /// Text for its standard input; empty when nil.
  public var input: String?
  /// Working directory.
  public var directory: String

  /// A program with this process's environment, `environment` merged over it.
  public init(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil, directory: String = "/"
  ) {
    self.arguments = arguments
    self.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    self.input = input
    self.directory = directory
  }

  /// What a finished program left.
  public struct Output: Sendable {
    /// Exit status; 128 + N when signal N ended it.
    public let status: Int32
    /// Everything written to standard output.
    public let standardOutput: String
    /// Everything written to standard error.
    public let standardError: String

    /// Standard output without white space at the ends.
    public var trimmed: String { standardOutput.trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  /// Runs the program to its end and captures what it writes.
  ///
  /// A non-zero exit status is a result, not an error. After `timeout`, or when the task is cancelled, it is killed.
  /// - Throws: `ProgramError` when it cannot be started or ran into the time limit.
  public func run(timeout: Duration = .seconds(120)) async throws -> Output {
    let running = try start()
    let status = try await running.waitForExit(timeout: timeout)
    return Output(status: status, standardOutput: running.standardOutput, standardError: running.standardError)
  }

  /// Like `run`, but an exit status other than 0 throws, with the end of standard error in the message.
  @discardableResult
  public func runChecked(timeout: Duration = .seconds(120)) async throws -> Output {
    let output = try await run(timeout: timeout)
    guard output.status == 0 else {
      throw ProgramError(
        "exit status \(output.status): \(output.standardError.suffix(2000))", arguments: arguments)
    }
    return output
  }

  /// Starts the program in the background. It is killed when this process ends.
  public func start() throws -> RunningProgram { try RunningProgram(self) }
}
