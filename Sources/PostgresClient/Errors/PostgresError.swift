/// The one error type of this module: what happened, where, and what to do about it.
///
/// Decide by ``code`` and ``sqlState``, never by message text. Bound values are never added to an error; what the
/// server itself quotes in message and detail (`Key (id)=(5) already exists`) is kept.
public struct PostgresError: Error, Sendable {
  /// What kind of thing went wrong.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
      case connect, connectionLost, server, timeout, cancelled, invalidInput, decoding, misuse
    }
    private let kind: Kind

    /// The connection could not be made: wrong address, refused, authentication, time-out while connecting.
    public static let connectionFailed = Code(kind: .connect)
    /// An established connection broke: server stopped, network cut. Whether a running commit took effect is unknown.
    public static let connectionLost = Code(kind: .connectionLost)
    /// The server answered with an error; see ``PostgresError/sqlState``.
    public static let server = Code(kind: .server)
    /// A limit of the client's own passed (connect time-out, pool wait).
    public static let timedOut = Code(kind: .timeout)
    /// The task was cancelled and the server confirmed that it stopped the query.
    public static let cancelled = Code(kind: .cancelled)
    /// A value that PostgreSQL cannot take was refused before anything was sent: NUL byte in text, invalid UTF-8.
    public static let invalidInput = Code(kind: .invalidInput)
    /// A result value could not be read as the type that was asked for.
    public static let decoding = Code(kind: .decoding)
    /// The call does not fit the state of the connection (closed, row API used for a COPY, ...).
    public static let misuse = Code(kind: .misuse)

    /// Short name of the kind, for logs.
    public var description: String { kind.rawValue }
  }

  /// What kind of thing went wrong.
  public var code: Code
  /// The server's or this module's message, one sentence.
  public var message: String
  /// The server's five-character error class, when the server answered.
  public var sqlState: SQLState?
  /// The server's severity (`ERROR`, `FATAL`, `PANIC`), not translated.
  public var severity: String?
  /// The server's detail line.
  public var detail: String?
  /// What the reader can do, from the server or from this module.
  public var hint: String?
  /// Schema, table, column and constraint that the server names.
  public var schema: String?, table: String?, column: String?, constraint: String?
  /// The character of the statement, from 1, at which the error was noticed; only of errors in its own text.
  public var position: Int?
  /// Where inside the server the error arose (call stack of PL/pgSQL functions, COPY line), when it says.
  public var context: String?
  /// The SQL text without its parameter values, shortened to 1,000 characters.
  public var query: String?

  /// Makes an error of the client's own.
  public init(_ code: Code, _ message: String, hint: String? = nil, query: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
    self.query = query.map(Self.shortened)
  }

  static func shortened(_ sql: String) -> String {
    sql.count <= 1000 ? sql : sql.prefix(1000) + "..."
  }

  /// Whether trying again later, on a new connection if need be, may succeed without anybody changing anything.
  ///
  /// True for lost and refused connections, serialization failures, deadlocks, lock time-outs and a server that
  /// starts, stops or has no free connection slot.
  public var isTransient: Bool {
    switch code {
    case .connectionLost, .timedOut: true
    case .connectionFailed: sqlState.map { $0.isTransient } ?? true
    case .server: sqlState?.isTransient ?? false
    default: false
    }
  }
}

extension PostgresError: CustomStringConvertible {
  /// One line with the message, SQLSTATE, detail and hint.
  public var description: String {
    var text = message
    if let sqlState { text += " (SQLSTATE \(sqlState.rawValue))" }
    if let detail { text += "; detail: \(detail)" }
    if let hint { text += "; hint: \(hint)" }
    return text
  }

  /// Everything known, one fact a line, for `--verbose` and logs.
  public var detailedDescription: String {
    let facts: [(String, String?)] = [
      ("detail", detail), ("hint", hint), ("schema", schema), ("table", table), ("column", column),
      ("constraint", constraint), ("context", context), ("query", query),
    ]
    var text = message
    if let sqlState { text += " (SQLSTATE \(sqlState.rawValue))" }
    for case (let name, let value?) in facts { text += "\n  \(name): \(value)" }
    return text
  }
}
