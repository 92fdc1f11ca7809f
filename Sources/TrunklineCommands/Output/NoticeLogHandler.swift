import Logging
import ServiceRuntime

/// Shows messages the way commands show errors: `warning: ...`, then `hint: ...`.
struct NoticeLogHandler: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  init(logLevel: Logger.Level) { self.logLevel = logLevel }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var text = "\(event.level.rawValue): \(event.message)\n"
    for key in ["detail", "hint"] {
      if let value = event.metadata?[key] { text += "\(key): \(value)\n" }
    }
    StandardStreams.writeError(ConnectionText.redacted(text))
  }
}
