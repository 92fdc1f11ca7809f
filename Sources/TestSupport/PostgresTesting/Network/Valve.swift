import Foundation

/// Lets threads pass while it is open.
///
/// Unchecked: the only mutable state is guarded by the condition's lock.
final class Valve: @unchecked Sendable {
  private let condition = NSCondition()
  private var isOpen = true  // guarded by `condition`

  func set(open: Bool) {
    condition.lock()
    isOpen = open
    condition.broadcast()
    condition.unlock()
  }

  func waitUntilOpen() {
    condition.lock()
    while !isOpen { condition.wait() }
    condition.unlock()
  }
}
