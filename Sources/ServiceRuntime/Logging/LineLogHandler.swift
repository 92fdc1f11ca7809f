import Logging

/// Writes each message as one line of text or JSON. Passwords in connection strings are hidden.
struct LineLogHandler: LogHandler {
  let label: String
  let destination: LogDestination
  let format: LogSetup.Format
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  init(label: String, destination: LogDestination, format: LogSetup.Format, logLevel: Logger.Level) {
    self.label = label
    self.destination = destination
    self.format = format
    self.logLevel = logLevel
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    if let error = event.error { all["error"] = "\(error)" }
    let line = LogLine(
      time: Timestamp.now, level: event.level, label: label, message: "\(event.message)",
      metadata: all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
    destination.write(format == .json ? line.json : line.text)
  }
}
