/// A five-character SQLSTATE, as in appendix A of PostgreSQL's manual.
public struct SQLState: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  /// The five characters.
  public let rawValue: String

  /// Wraps a code; nothing is checked.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Wraps a code; nothing is checked.
  public init(stringLiteral value: String) { self.rawValue = value }

  /// A row with this key is there already.
  public static let uniqueViolation: SQLState = "23505"
  /// A foreign key does not hold.
  public static let foreignKeyViolation: SQLState = "23503"
  /// NULL in a column that does not take it.
  public static let notNullViolation: SQLState = "23502"
  /// A check constraint, or the bounds of a partition, do not hold.
  public static let checkViolation: SQLState = "23514"
  /// Concurrent transactions could not be serialized; run the transaction again.
  public static let serializationFailure: SQLState = "40001"
  /// This transaction was chosen to end a deadlock; run it again.
  public static let deadlockDetected: SQLState = "40P01"
  /// A lock was not to be had: `nowait`, or `lock_timeout`.
  public static let lockNotAvailable: SQLState = "55P03"
  /// Cancelled by a user, or by `statement_timeout`.
  public static let queryCanceled: SQLState = "57014"
  /// The session was ended by an administrator or a shutdown.
  public static let adminShutdown: SQLState = "57P01"
  /// The session was ended because another one crashed.
  public static let crashShutdown: SQLState = "57P02"
  /// The server is starting, stopping or recovering.
  public static let cannotConnectNow: SQLState = "57P03"
  /// No connection slot is free.
  public static let tooManyConnections: SQLState = "53300"
  /// The server's disk is full.
  public static let diskFull: SQLState = "53100"
  /// The server has no memory left.
  public static let outOfMemory: SQLState = "53200"
  /// The role may not do this.
  public static let insufficientPrivilege: SQLState = "42501"
  /// There is no such table.
  public static let undefinedTable: SQLState = "42P01"
  /// There is no such column.
  public static let undefinedColumn: SQLState = "42703"
  /// There is no such function with these arguments.
  public static let undefinedFunction: SQLState = "42883"
  /// There is no such object (role, type, constraint, ...).
  public static let undefinedObject: SQLState = "42704"
  /// There is no such database.
  public static let undefinedDatabase: SQLState = "3D000"
  /// There is no such schema.
  public static let undefinedSchema: SQLState = "3F000"
  /// An object of this name is there already.
  public static let duplicateObject: SQLState = "42710"
  /// The object is not in a state in which this can be done.
  public static let objectNotInPrerequisiteState: SQLState = "55000"
  /// An error that a PL/pgSQL function raised without a class of its own.
  public static let raiseException: SQLState = "P0001"

  /// The first two characters: the class of the error.
  public var errorClass: String { String(rawValue.prefix(2)) }

  /// Whether the same work may succeed later without anybody changing data, schema or rights.
  public var isTransient: Bool {
    switch self {
    case .serializationFailure, .deadlockDetected, .lockNotAvailable, .adminShutdown, .crashShutdown, .cannotConnectNow,
      .tooManyConnections, .diskFull, .outOfMemory:
      true
    default: errorClass == "08" || errorClass == "53"
    }
  }
}
