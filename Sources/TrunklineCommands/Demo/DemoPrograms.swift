import Foundation
import PostgresTesting

/// Runs this program's own commands, as a person would.
struct DemoPrograms: Sendable {
  let logs: String

  /// Runs a command to its end.
  ///
  /// - Throws: `CommandError` with what it said.
  func run(_ arguments: [String]) async throws {
    let output = try await Program([CurrentExecutable.path] + arguments).run()
    guard output.status == 0 else {
      throw CommandError("trunkline \(arguments.prefix(2).joined(separator: " ")) failed: \(output.standardError)")
    }
  }

  /// Starts the ticker that serves all nodes.
  func startTicker(_ nodes: DemoNodes) throws -> RunningProgram {
    try start(["ticker"] + nodes.all.flatMap { ["--db", $0.connection] } + ["--log-file", "\(logs)/ticker.log"])
  }

  /// Starts the worker of a node.
  func startWorker(_ node: DemoNodes.Node) throws -> RunningProgram {
    try start([
      "replicate", "--db", node.connection, "--queue", DemoNodes.queue, "--log-file", "\(logs)/\(node.name)-worker.log",
    ])
  }

  private func start(_ arguments: [String]) throws -> RunningProgram {
    try Program([CurrentExecutable.path] + arguments).start()
  }
}

/// The program that runs now, to run it again with other arguments.
enum CurrentExecutable {
  static let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "trunkline"
}
