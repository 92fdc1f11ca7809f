/// A private cluster could not be made, started or stopped.
public struct ClusterError: Error, CustomStringConvertible, Sendable {
  /// What went wrong and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
