import Glibc
public import Logging
import Synchronization

/// A file or standard error that takes log lines. A line is one write: lines of several processes do not mix.
public final class LogDestination: Sendable {
  private let file: String?
  private let format: LogSetup.Format
  private let level: Logger.Level
  private let descriptor: Mutex<Int32>

  init(file: String?, format: LogSetup.Format, level: Logger.Level) throws {
    self.file = file
    self.format = format
    self.level = level
    descriptor = Mutex(try file.map(Self.open) ?? STDERR_FILENO)
  }

  /// Opens the log file again, after it was moved away by a log rotation. The old one stays in use when that fails.
  public func reopen() throws {
    guard let file else { return }
    let new = try Self.open(file)
    let old = descriptor.withLock { descriptor in
      defer { descriptor = new }
      return descriptor
    }
    close(old)
  }

  /// A logger that writes here.
  public func logger(_ label: String) -> Logger { Logger(label: label) { handler(label: $0) } }

  func handler(label: String) -> any LogHandler {
    LineLogHandler(label: label, destination: self, format: format, logLevel: level)
  }

  func write(_ line: String) {
    let safe = ConnectionText.redacted(line) + "\n"
    descriptor.withLock { descriptor in
      var rest = Array(safe.utf8)[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }  // a log that cannot be written must not stop the work
        rest = rest.dropFirst(count)
      }
    }
  }

  private static func open(_ file: String) throws -> Int32 {
    let descriptor = Glibc.open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else {
      throw SettingError(key: "log.file", problem: "cannot open \(file): \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  deinit {
    if file != nil { close(descriptor.withLock { $0 }) }
  }
}
