import Synchronization

/// Names of databases and roles that no other test of this process uses.
public enum FreshName {
  private static let last = Atomic<Int>(0)

  /// `prefix_N` with a number not given out before.
  public static func next(_ prefix: String) -> String {
    "\(prefix)_\(last.add(1, ordering: .relaxed).newValue)"
  }
}
