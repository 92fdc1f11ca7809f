import Foundation
import Glibc

/// The directory of one private cluster: data, log, socket, and who owns it.
struct ClusterDirectory: Sendable {
  static let prefix = "trunkline-pg-"
  let path: String

  var data: String { "\(path)/data" }
  var log: String { "\(path)/server.log" }
  /// Names the process that the cluster belongs to; absent when the cluster was kept on purpose.
  var owner: String { "\(path)/owner" }

  /// Makes one that `account` may write, below the first of $TMPDIR and /tmp that leaves room for a socket path
  /// and that `account` can reach.
  static func create(for account: ServerAccount) throws -> ClusterDirectory {
    for base in bases where isReachable(base, for: account) {
      // mkdtemp puts a name of its own in the place of the six letters
      var template = Array("\(base)/\(prefix)\(String(repeating: "X", count: 6))".utf8CString)
      guard mkdtemp(&template) != nil else { continue }
      let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
      let directory = ClusterDirectory(path: path)
      guard chown(path, account.user, account.group) == 0, chmod(path, 0o755) == 0 else {
        try? FileManager.default.removeItem(atPath: path)
        continue
      }
      try Data(ProcessIdentity.current.text.utf8).write(to: URL(filePath: directory.owner))
      return directory
    }
    throw ClusterError(
      "neither $TMPDIR nor /tmp can hold a private cluster: it needs a short, writable, reachable path")
  }

  /// Where private clusters are made, best first.
  static var bases: [String] {
    let temporary = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    let trimmed = temporary.hasSuffix("/") ? String(temporary.dropLast()) : temporary
    return trimmed.isEmpty || trimmed == "/tmp" ? ["/tmp"] : [trimmed, "/tmp"]
  }

  private static func isReachable(_ base: String, for account: ServerAccount) -> Bool {
    // A socket path holds 107 bytes; ours adds the directory's name and ".s.PGSQL.NNNNN".
    guard base.hasPrefix("/"), base.utf8.count < 60 else { return false }
    guard account.user != geteuid() else { return access(base, W_OK) == 0 }
    var path = ""
    for part in base.split(separator: "/") {
      path += "/\(part)"
      var info = stat()
      guard stat(path, &info) == 0, info.st_mode & 0o001 != 0 else { return false }
    }
    return true
  }

  /// The pid in postmaster.pid and the server's state (`starting`, `ready`, ...), as far as written.
  var postmaster: (pid: pid_t, state: String)? {
    guard let text = try? String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8) else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let pid = lines.first.flatMap({ pid_t($0) }) else { return nil }
    return (pid, lines.count > 7 ? lines[7].trimmingCharacters(in: .whitespaces) : "")
  }

  /// Server processes that live in the data directory, the postmaster's children included.
  var processes: [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { pid_t($0) }.filter { pid in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) == data
    }
  }

  /// The last lines of the server's log.
  var logTail: String {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").suffix(15).joined(separator: "\n")
  }

  func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}
