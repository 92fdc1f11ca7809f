import ArgumentParser
import ServiceRuntime

/// A duration on the command line: `250ms`, `2s`, `1.5min`, `1h`, `1d`; a plain number is seconds.
struct DurationArgument: ExpressibleByArgument, Sendable, CustomStringConvertible {
  let duration: Duration

  init(_ duration: Duration) { self.duration = duration }

  init?(argument: String) {
    guard let duration = Duration(parsing: argument) else { return nil }
    self.duration = duration
  }

  /// Seconds, to the millisecond: `30s`, `0.3s`.
  var description: String {
    let milliseconds = Int((duration.inSeconds * 1000).rounded())
    guard milliseconds % 1000 != 0 else { return "\(milliseconds / 1000)s" }
    var fraction = String(String(1000 + milliseconds % 1000).dropFirst())
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(milliseconds / 1000).\(fraction)s"
  }

  /// The default, as the help shows it.
  var defaultValueDescription: String { description }
}
