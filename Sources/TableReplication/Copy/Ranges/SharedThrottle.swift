import Synchronization

/// One throttle for several transfers.
final class SharedThrottle: Sendable {
  private let throttle: Mutex<ByteThrottle>
  private let began = ContinuousClock.now

  init(rate: Int64) { throttle = Mutex(ByteThrottle(rate: rate)) }

  /// Waits until the bytes may go by.
  ///
  /// - Throws: `CancellationError`.
  func pass(_ bytes: Int) async throws {
    let now = ContinuousClock.now - began
    let wait = throttle.withLock { $0.wait(for: bytes, at: now) }
    if wait > .zero { try await Task.sleep(for: wait) }
  }
}
