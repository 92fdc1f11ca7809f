import Foundation
import PostgresTesting

/// pgbench on one node.
struct DemoLoad: Sendable {
  private let program: RunningProgram

  init(on node: DemoNodes.Node, rate: Int, seconds: Int) throws {
    program = try node.tools.pgbench(["-n", "-c", "2", "-T", "\(seconds)", "-R", "\(rate)"]).start()
  }

  /// Waits until the node refuses its writes, which ends it, and counts.
  ///
  /// - Returns: the transactions that were committed.
  func endByRefusal() async throws -> Int {
    _ = try await program.waitForExit()
    return transactions
  }

  /// Waits for the end of its time.
  ///
  /// - Throws: `CommandError` when a transaction failed.
  func finish() async throws -> Int {
    let status = try await program.waitForExit(timeout: .seconds(3700))
    guard status == 0 else { throw CommandError("pgbench failed: \(program.standardError)") }
    return transactions
  }

  private var transactions: Int {
    let line = program.standardOutput.split(separator: "\n").first { $0.hasPrefix("number of transactions actually") }
    return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
  }
}
