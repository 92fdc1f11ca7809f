import Foundation
import Glibc

/// A program that gets events on its standard input, run in a process group of its own: an interrupt from the terminal
/// reaches `trunkline` alone, and killing it reaches what it has started, too.
struct ChildProgram: Sendable {
  /// Command line; the first word is the path of the program.
  let arguments: [String]
  let environment: [String: String]
  /// After that it is killed.
  let timeLimit: Duration?
  /// Whether it may write verdicts to file descriptor 3.
  let hasVerdicts: Bool

  /// From SIGTERM to SIGKILL.
  static let grace: Duration = .seconds(5)

  /// Finds the program as a shell does.
  static func find(_ name: String) -> String? {
    let isExecutable: (String) -> Bool = { path in
      var info = stat()
      return access(path, X_OK) == 0 && stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
    }
    if name.contains("/") { return isExecutable(name) ? name : nil }
    let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return directories.map { "\($0)/\(name)" }.first(where: isExecutable)
  }

  /// Runs the program to its end.
  ///
  /// - Throws: `CommandError` when it cannot be started; `CancellationError` when the task was cancelled and the program
  ///   killed before it was done.
  func run(input: String) async throws -> ProgramEnding {
    let process = try SpawnedProcess(self)
    let ending = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: process.feed(Array(input.utf8), limit: timeLimit)) }
      }
    } onCancel: {
      process.interrupt()
    }
    guard !Task.isCancelled || ending.cause == .exited(0) else { throw CancellationError() }
    return ending
  }
}
