import CLibPQ
import Logging

/// Passes the server's notices and warnings to the log.
final class NoticeReceiver: Sendable {
  private let logger: Logger

  init(logger: Logger) { self.logger = logger }

  /// From now on libpq calls this object for every notice, within the calls that read from the connection.
  ///
  /// The receiver must live as long as the handle: the connection owns both.
  func attach(to handle: OpaquePointer) {
    _ = PQsetNoticeReceiver(
      handle,
      { context, result in
        guard let context, let result else { return }
        Unmanaged<NoticeReceiver>.fromOpaque(context).takeUnretainedValue().receive(result)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func receive(_ result: OpaquePointer) {
    let error = PostgresError(result: result, query: nil)
    let level: Logger.Level =
      switch error.severity {
      case "WARNING": .warning
      case "NOTICE", "INFO": .info
      default: .debug
      }
    var metadata: Logger.Metadata = [:]
    if let detail = error.detail { metadata["detail"] = "\(detail)" }
    if let hint = error.hint { metadata["hint"] = "\(hint)" }
    logger.log(level: level, "\(error.message)", metadata: metadata)
  }
}
