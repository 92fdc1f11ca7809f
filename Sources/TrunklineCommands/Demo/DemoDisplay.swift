import Glibc

/// Where the demo speaks: on a terminal the progress line is drawn over, elsewhere every line stays.
struct DemoDisplay: Sendable {
  let isTerminal = isatty(STDOUT_FILENO) == 1

  /// A step begins.
  func step(_ text: String) {
    StandardStreams.write(isTerminal ? "\r\u{1B}[K\u{1B}[1m\(text)\u{1B}[0m\n" : "\(text)\n")
  }

  /// A fact that stays.
  func note(_ text: String) { StandardStreams.write(isTerminal ? "\r\u{1B}[K  \(text)\n" : "  \(text)\n") }

  /// How far things are now.
  func progress(_ text: String) { StandardStreams.write(isTerminal ? "\r\u{1B}[K  \(text)" : "  \(text)\n") }
}
