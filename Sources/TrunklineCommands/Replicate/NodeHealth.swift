import PostgresClient
import Synchronization
import Telemetry

/// The health of a daemon that serves several nodes: it works when it works for all of them.
final class NodeHealth: Sendable {
  private let health: DaemonHealth
  private let problems = Mutex<[Int: String]>([:])

  init(_ health: DaemonHealth) { self.health = health }

  /// The loop of a node came round: without an error, or with the one that it met.
  func cameRound(_ node: Int, _ error: (any Error)?) {
    let problem = problems.withLock { problems in
      problems[node] = error.map { "\($0)" }
      return problems.min { $0.key < $1.key }?.value
    }
    if let problem { health.failed(problem) } else { health.succeeded() }
  }
}
