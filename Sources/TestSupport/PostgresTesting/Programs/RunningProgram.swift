import Foundation
import Glibc

/// A program in the background: a ticker, a consumer, a load. It dies with this process.
public final class RunningProgram: Sendable {
  private let program: Program
  private let child: ChildProcess
  private let watchdog: Watchdog
  private let directory: URL

  init(_ program: Program) throws {
    self.program = program
    directory = FileManager.default.temporaryDirectory.appending(path: "trunkline-program-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    var streams = ChildProcess.Streams()
    streams.output = directory.appending(path: "out").path
    streams.error = directory.appending(path: "err").path
    do {
      if let input = program.input {
        streams.input = directory.appending(path: "in").path
        try Data(input.utf8).write(to: URL(filePath: streams.input))
      }
      child = try ChildProcess(
        program.arguments, environment: program.environment, directory: program.directory, streams: streams)
      watchdog = try Watchdog(script: "kill -KILL \"$1\"; rm -rf \"$2\"", arguments: ["\(child.pid)", directory.path])
    } catch {
      try? FileManager.default.removeItem(at: directory)
      throw error
    }
    let (child, watchdog) = (child, watchdog)
    Task.detached {
      _ = await child.waitForEnd()
      watchdog.release()
    }
  }

  /// Process id; meaningful while `isRunning`.
  public var processIdentifier: Int32 { child.pid }

  /// Whether the program has not ended yet.
  public var isRunning: Bool { child.ending == nil }

  /// What it has written to standard output so far.
  public var standardOutput: String { read("out") }

  /// What it has written to standard error so far.
  public var standardError: String { read("err") }

  /// Sends a signal, for example `SIGTERM`; nothing happens when the program has ended.
  public func send(signal: Int32) { child.send(signal: signal) }

  /// Waits for the end and returns the exit status (128 + N when signal N ended it).
  ///
  /// After `timeout`, or when the task is cancelled, the program is killed.
  /// - Throws: `ProgramError` when the time was up.
  @discardableResult
  public func waitForExit(timeout: Duration = .seconds(120)) async throws -> Int32 {
    let child = child
    let limit = Task {
      try await Task.sleep(for: timeout)
      child.send(signal: SIGKILL)
      return ()
    }
    let ending = await withTaskCancellationHandler {
      await child.waitForEnd()
    } onCancel: {
      child.send(signal: SIGKILL)
    }
    limit.cancel()
    if case .success = await limit.result {
      throw ProgramError("still running after \(timeout): killed", arguments: program.arguments)
    }
    switch ending {
    case .exited(let status): return status
    case .signalled(let signal): return 128 + signal
    }
  }

  /// Asks the program to end with SIGTERM, kills it after `grace`, and returns its exit status.
  @discardableResult
  public func terminate(grace: Duration = .seconds(10)) async throws -> Int32 {
    send(signal: SIGTERM)
    return try await waitForExit(timeout: grace)
  }

  deinit {
    // Its output goes with it.
    try? FileManager.default.removeItem(at: directory)
  }

  private func read(_ name: String) -> String {
    let data = (try? Data(contentsOf: directory.appending(path: name))) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
