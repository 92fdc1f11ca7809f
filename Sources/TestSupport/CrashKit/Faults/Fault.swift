/// Something bad that happens to the system under test.
package enum Fault: Sendable, Equatable {
  /// SIGKILL; a new process takes its place.
  case kill(role: Int)
  /// SIGSTOP for a while: a process that hangs, and then goes on as if nothing had happened.
  case hang(role: Int, milliseconds: Int)
  /// A second process under the same name is started while the first works.
  case double(role: Int)
  /// Every connection is reset.
  case cutConnections
  /// Connections stay open and silent for a while.
  case silence(milliseconds: Int)
  /// Nobody can connect for a while; open connections are reset.
  case refuse(milliseconds: Int)
  /// The clock that the programs see (not the server's) jumps to this many seconds off the real time.
  case jumpClock(seconds: Int)
  /// The server is stopped as in a crash, and started again.
  case restartServer

  /// What it is, without the details: for counting.
  package var kind: String {
    switch self {
    case .kill: "kill"
    case .hang: "hang"
    case .double: "double"
    case .cutConnections: "cut connections"
    case .silence: "silence"
    case .refuse: "refuse connections"
    case .jumpClock: "clock jump"
    case .restartServer: "server restart"
    }
  }
}
