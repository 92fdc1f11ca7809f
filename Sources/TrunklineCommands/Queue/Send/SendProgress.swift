import Glibc

/// Shows on a terminal how far a long input is.
final class SendProgress {
  private let isShown: Bool
  private let started = ContinuousClock.now
  private var lastShown = ContinuousClock.now
  private var hasShown = false

  /// Shows something if standard error is a terminal, and only after a second.
  init(isShown: Bool = isatty(STDERR_FILENO) == 1) { self.isShown = isShown }

  func show(_ events: Int) {
    let now = ContinuousClock.now
    guard isShown, now - lastShown > .milliseconds(hasShown ? 250 : 1000) else { return }
    lastShown = now
    hasShown = true
    let rate = Double(events) / ((now - started) / .seconds(1))
    StandardStreams.writeError("\r\(events) events, \(Int(rate)) a second\u{1B}[K")
  }

  /// Removes what it has shown.
  func clear() {
    if hasShown { StandardStreams.writeError("\r\u{1B}[K") }
    hasShown = false
  }
}
