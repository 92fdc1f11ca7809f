/// A five-character SQLSTATE, as in appendix A of PostgreSQL's manual.
public struct SQLState: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  /// The five characters.
  public let rawValue: String

  /// Wraps a code; nothing is checked.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Wraps a code; nothing is checked.
  public init(stringLiteral value: String) { self.rawValue = value }

  public static let uniqueViolation: SQLState = "23505"
  public static let foreignKeyViolation: SQLState = "23503"
  public static let notNullViolation: SQLState = "23502"
  public static let checkViolation: SQLState = "23514"
  public static let serializationFailure: SQLState = "40001"
  public static let deadlockDetected: SQLState = "40P01"
  public static let lockNotAvailable: SQLState = "55P03"
  public static let queryCanceled: SQLState = "57014"
  public static let adminShutdown: SQLState = "57P01"
  public static let crashShutdown: SQLState = "57P02"
  public static let cannotConnectNow: SQLState = "57P03"
  public static let tooManyConnections: SQLState = "53300"
  public static let diskFull: SQLState = "53100"
  public static let outOfMemory: SQLState = "53200"
  public static let insufficientPrivilege: SQLState = "42501"
  public static let undefinedTable: SQLState = "42P01"
  public static let undefinedColumn: SQLState = "42703"
  public static let undefinedFunction: SQLState = "42883"
  public static let undefinedObject: SQLState = "42704"
  public static let undefinedDatabase: SQLState = "3D000"
  public static let undefinedSchema: SQLState = "3F000"
  public static let duplicateObject: SQLState = "42710"
  public static let objectNotInPrerequisiteState: SQLState = "55000"
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
