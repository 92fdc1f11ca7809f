import PostgresClient
import ServiceRuntime

extension PostgresError {
  /// What the program returns for an error of the server or of the connection.
  var exitCode: ExitCode {
    if code == .connectionFailed || code == .connectionLost { return .unavailable }
    if code == .invalidInput || code == .decoding { return .badData }
    if code == .timedOut || code == .cancelled { return .temporary }
    guard let sqlState else { return .failure }
    if sqlState == .insufficientPrivilege { return .noPermission }
    if sqlState.isTransient { return .temporary }
    switch sqlState.errorClass {
    case "22": return .badData
    case "28": return .noPermission
    case "3F": return .configuration
    default:
      let missing: [SQLState] = [
        .undefinedTable, .undefinedFunction, .undefinedObject, .objectNotInPrerequisiteState,
      ]
      return missing.contains(sqlState) ? .configuration : .failure
    }
  }
}
