import CrashKit
import Glibc

/// Writes records so that they survive the death of the process at any moment.
final class HistoryFile: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw HistoryFileError(path: path, reason: String(cString: strerror(errno))) }
  }

  deinit { close(descriptor) }

  func write(_ record: HistoryRecord) throws {
    var bytes = Array((record.line + "\n").utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw HistoryFileError(path: "history", reason: String(cString: strerror(errno))) }
      bytes = bytes.dropFirst(count)
    }
  }
}

struct HistoryFileError: Error, CustomStringConvertible {
  let path: String
  let reason: String
  var description: String { "\(path): \(reason)" }
}

/// Nanoseconds of a clock that no jump moves, the same for all processes of the machine.
func monotonicTime() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
