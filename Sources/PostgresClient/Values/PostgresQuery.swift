/// An SQL statement with its bound values.
///
/// A string literal with interpolations binds each value as a parameter; nothing is ever pasted into the text:
///
/// ```swift
/// try await connection.query("select pgq.next_batch(\(queue), \(consumer))")
/// ```
///
/// Names go in with `\(identifier:)` (quoted), trusted SQL with `\(raw:)`.
public struct PostgresQuery: Sendable, ExpressibleByStringInterpolation {
  /// The statement with `$1`, `$2`, ... for its values.
  public var sql: String
  /// The bound values, `$1` first.
  public var parameters: [PostgresParameter]
  /// Whether the statement is parsed once per connection and then only executed.
  public var isPrepared = false

  /// A statement given as text; `parameters` fill `$1`, `$2`, ...
  public init(_ sql: String, _ parameters: [any PostgresEncodable] = []) {
    self.sql = sql
    self.parameters = parameters.map(\.postgresParameter)
  }

  /// A statement without values.
  public init(stringLiteral value: String) {
    self.init(value)
  }

  /// A statement with interpolated values.
  public init(stringInterpolation: StringInterpolation) {
    self.sql = stringInterpolation.sql
    self.parameters = stringInterpolation.parameters
  }

  /// The same statement, to be parsed by the server once per connection.
  ///
  /// For statements that run often. Not for connections that go through a pooler in transaction mode.
  public func prepared() -> PostgresQuery {
    var copy = self
    copy.isPrepared = true
    return copy
  }

  /// Collects the text and the values of an interpolated statement.
  public struct StringInterpolation: StringInterpolationProtocol, Sendable {
    var sql = ""
    var parameters: [PostgresParameter] = []

    /// Starts with room for the literal parts.
    public init(literalCapacity: Int, interpolationCount: Int) {
      sql.reserveCapacity(literalCapacity + 3 * interpolationCount)
      parameters.reserveCapacity(interpolationCount)
    }

    /// SQL text.
    public mutating func appendLiteral(_ literal: String) { sql += literal }

    /// A value, bound as the next parameter.
    public mutating func appendInterpolation(_ value: some PostgresEncodable) {
      parameters.append(value.postgresParameter)
      sql += "$\(parameters.count)"
    }

    /// A value, bound as the next parameter; nil is NULL.
    public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
      parameters.append(value.postgresParameter)
      sql += "$\(parameters.count)"
    }

    /// A name, quoted.
    public mutating func appendInterpolation(identifier: String) { sql += quotedIdentifier(identifier) }

    /// SQL text that the program itself made; never for text from outside.
    public mutating func appendInterpolation(raw: String) { sql += raw }
  }
}
