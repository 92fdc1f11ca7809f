public import PostgresClient
public import ServiceRuntime

/// Why schemas cannot be installed or removed.
public struct SchemaInstallerError: ReportedError, CustomStringConvertible {
  /// What kind of reason it is.
  public enum Reason: Sendable, Equatable {
    /// The server is older than PostgreSQL 14.
    case unsupportedServer
    /// The server is a standby.
    case standby
    /// The role lacks a privilege; the hint has the statement for the administrator.
    case notPermitted
    /// Queues, captures or other objects still need the schemas.
    case inUse
    /// A statement failed; nothing was changed.
    case failed
  }

  /// What kind of reason it is.
  public let reason: Reason
  /// What went wrong.
  public let message: String
  /// What to do about it.
  public let hint: String?
  /// The server's error, when there was one.
  public let cause: PostgresError?

  init(_ reason: Reason, _ message: String, hint: String? = nil, cause: PostgresError? = nil) {
    self.reason = reason
    self.message = message
    self.hint = hint
    self.cause = cause
  }

  /// The error of a statement of the file at `path`.
  init(path: String, cause: PostgresError) {
    let reason: Reason = cause.sqlState == .insufficientPrivilege ? .notPermitted : .failed
    let detail = cause.detail.map { " (\($0))" } ?? ""
    self.init(reason, "\(path): \(cause.message)\(detail)", hint: cause.hint, cause: cause)
  }

  /// What the program returns.
  public var exitCode: ExitCode {
    switch reason {
    case .notPermitted: .noPermission
    case .failed: cause?.isTransient == true ? .temporary : .failure
    case .unsupportedServer, .standby, .inUse: .configuration
    }
  }

  /// Message and hint.
  public var description: String { hint.map { "\(message); hint: \($0)" } ?? message }
}
