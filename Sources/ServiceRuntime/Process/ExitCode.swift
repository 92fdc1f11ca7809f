/// What `trunkline` returns to the shell. The numbers are documented and stable for ever.
public enum ExitCode: Int32, Sendable, CaseIterable {
  /// Done as asked.
  case success = 0
  /// Failed for a reason that has no number of its own.
  case failure = 1
  /// Done, and differences were found (comparison, status checks); warnings of `doctor`.
  case differences = 2
  /// Done, and errors were found that want to be mended now (`doctor`).
  case problems = 3
  /// The command line or a setting is wrong.
  case usage = 64
  /// Data from outside is malformed.
  case badData = 65
  /// A server could not be reached, or went away.
  case unavailable = 69
  /// Worth trying again without changing anything: lock, deadlock, serialization failure, no free connection.
  case temporary = 75
  /// The role may not do this.
  case noPermission = 77
  /// Something must be set up or configured first: a schema that is not installed, an unknown queue.
  case configuration = 78

  /// One line for `--help` and the manual.
  public var meaning: String {
    switch self {
    case .success: "done as asked"
    case .failure: "failed"
    case .differences: "done, and differences were found"
    case .problems: "done, and errors were found"
    case .usage: "wrong command line or setting"
    case .badData: "malformed data"
    case .unavailable: "server not reachable or lost"
    case .temporary: "try again later, nothing needs to change"
    case .noPermission: "not permitted for this role"
    case .configuration: "something must be set up first"
    }
  }
}
