import Foundation
import Glibc

/// The operating-system user that servers run as: ourselves, or an unprivileged user when we are root.
///
/// PostgreSQL refuses to run as root.
struct ServerAccount: Sendable {
  let user: uid_t
  let group: gid_t
  /// Words to put before a command line so that it runs as this user.
  let commandPrefix: [String]

  static func current() throws -> ServerAccount {
    guard geteuid() == 0 else { return ServerAccount(user: geteuid(), group: getegid(), commandPrefix: []) }
    for name in ["postgres", "nobody"] {
      guard let entry = getpwnam(name) else { continue }
      let (user, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
      return ServerAccount(
        user: user, group: group,
        commandPrefix: ["setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--"])
    }
    throw ClusterError("running as root, and there is neither a user 'postgres' nor 'nobody' to run servers as")
  }
}
