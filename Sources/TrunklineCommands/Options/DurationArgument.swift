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

  var description: String { "\(duration.inSeconds.formattedSeconds)s" }

  /// The default, as the help shows it.
  var defaultValueDescription: String { description }
}

extension Double {
  /// Without a fraction that is zero.
  fileprivate var formattedSeconds: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}
