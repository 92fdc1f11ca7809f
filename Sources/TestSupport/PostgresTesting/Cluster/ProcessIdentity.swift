import Foundation
import Glibc

/// A process, told apart from a later one with the same id by its start time.
struct ProcessIdentity: Equatable {
  let pid: pid_t
  let startTime: String

  static var current: ProcessIdentity {
    ProcessIdentity(pid: getpid(), startTime: startTime(of: getpid()) ?? "")
  }

  var text: String { "\(pid) \(startTime)\n" }

  init(pid: pid_t, startTime: String) {
    self.pid = pid
    self.startTime = startTime
  }

  init?(text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let pid = pid_t(words[0]) else { return nil }
    self.init(pid: pid, startTime: String(words[1]))
  }

  var isAlive: Bool { Self.startTime(of: pid) == startTime }

  private static func startTime(of pid: pid_t) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = stat.lastIndex(of: ")")
    else { return nil }
    // The command name may hold blanks and parentheses; the fields after it are plain. Start time is field 22.
    let fields = stat[end...].split(separator: " ")
    return fields.count > 20 ? String(fields[20]) : nil
  }
}
