import ArgumentParser
import Logging
import ServiceRuntime

/// How a daemon logs. Each has a `TRUNKLINE_LOG_...` variable and a key in the settings file.
struct LogOptions: ParsableArguments {
  @Option(help: "Log file; standard error without it.")
  var logFile: String?

  @Option(help: "text or json (one object a line).")
  var logFormat: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: String?

  /// The options that were given, by setting key.
  var flags: [String: String] {
    ["log.file": logFile, "log.format": logFormat, "log.level": logLevel].compactMapValues { $0 }
  }

  /// The log set-up that settings ask for.
  static func setup(from settings: Settings) throws -> LogSetup {
    var setup = LogSetup(file: settings.text("log.file"))
    if let text = settings.text("log.format") {
      guard let format = LogSetup.Format(rawValue: text) else {
        throw SettingError(key: "log.format", problem: "'\(text)' is neither text nor json")
      }
      setup.format = format
    }
    if let text = settings.text("log.level") {
      guard let level = Logger.Level(rawValue: text) else {
        throw SettingError(key: "log.level", problem: "'\(text)' is no level")
      }
      setup.level = level
    }
    return setup
  }
}
