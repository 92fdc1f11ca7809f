public import Logging

/// How the program logs: where to, in which form, how much.
public struct LogSetup: Sendable {
  /// The form of a line.
  public enum Format: String, Sendable, CaseIterable {
    /// `2026-01-31T12:00:00.000Z info ticker: message key=value`
    case text
    /// One JSON object a line.
    case json
  }

  /// Path of the log file; standard error when nil.
  public var file: String?
  /// The form of a line.
  public var format: Format
  /// Less important messages are left out.
  public var level: Logger.Level

  /// A set-up; by default text on standard error from `info`.
  public init(file: String? = nil, format: Format = .text, level: Logger.Level = .info) {
    self.file = file
    self.format = format
    self.level = level
  }

  /// Opens the destination and returns it; make loggers from it, or pass it to `bootstrap`.
  /// - Throws: `SettingError` when the file cannot be opened.
  public func open() throws -> LogDestination { try LogDestination(file: file, format: format, level: level) }

  /// Makes every `Logger` of the process write there. To be called once, at the start.
  /// - Throws: `SettingError` when the file cannot be opened.
  @discardableResult
  public func bootstrap() throws -> LogDestination {
    let destination = try open()
    LoggingSystem.bootstrap { destination.handler(label: $0) }
    return destination
  }
}
