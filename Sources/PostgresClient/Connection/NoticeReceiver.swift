import CLibPQ
import Logging
import Synchronization

/// Passes the server's notices and warnings to the log.
final class NoticeReceiver: Sendable {
  private let logger: Logger
  private let lastFatal = Mutex<PostgresError?>(nil)

  /// Why the server ended the session, when it said so while no statement ran.
  var farewell: PostgresError? { lastFatal.withLock { $0 } }

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
    if error.endsSession {
      var farewell = error
      farewell.code = .connectionLost
      farewell.hint = farewell.hint ?? PostgresError.lossHint
      lastFatal.withLock { $0 = farewell }
    }
    let level: Logger.Level =
      switch error.severity {
      case "WARNING", "FATAL", "PANIC": .warning
      case "NOTICE", "INFO": .info
      default: .debug
      }
    var metadata: Logger.Metadata = [:]
    if let state = error.sqlState { metadata["sqlstate"] = "\(state.rawValue)" }
    if let detail = error.detail { metadata["detail"] = "\(detail)" }
    if let hint = error.hint { metadata["hint"] = "\(hint)" }
    logger.log(level: level, "\(error.message)", metadata: metadata)
  }
}
