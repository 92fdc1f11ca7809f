/// A condition that did not come true in time.
public struct PollTimeout: Error, CustomStringConvertible, Sendable {
  /// What was waited for, and how long.
  public let description: String
}

/// Waits until `condition` returns true, asking every `interval`.
///
/// - Parameters:
///   - what: named in the error.
///   - timeout: generous by default: a loaded machine must not fail a test.
/// - Throws: `PollTimeout` when the time is up, `CancellationError`, and whatever `condition` throws.
public func pollUntil(
  _ what: String = "the condition", timeout: Duration = .seconds(30), interval: Duration = .milliseconds(10),
  isolation: isolated (any Actor)? = #isolation, condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + timeout
  while try await !condition() {
    guard ContinuousClock.now < deadline else {
      throw PollTimeout(description: "waited \(timeout) in vain for \(what)")
    }
    try await Task.sleep(for: interval)
  }
}
