import ServiceLifecycle
import Telemetry

/// What `trunkline replicate` does.
protocol ReplicateWork {
  /// Applies what is there now.
  ///
  /// - Returns: the number of events.
  func drain() async throws -> Int

  /// Works as a daemon. To be made after the back end of the metrics was set up.
  func service(_ health: DaemonHealth) -> any Service
}
