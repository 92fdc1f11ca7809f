import Glibc
import Synchronization

/// A shell that waits for our end, however it comes, and then runs a script.
///
/// It reads a socket whose other end only this process holds: that closes when this process exits, crashes or is killed.
/// (A parent-death signal will not do: it fires when the spawning *thread* ends.)
final class Watchdog: Sendable {
  private let lifeline: Mutex<Int32?>

  /// `script` runs with `arguments` as `$1`, `$2`, ... when this process ends before `release()`.
  init(script: String, arguments: [String]) throws {
    var ends: [Int32] = [-1, -1]
    // A socket pair, because it is born with close-on-exec: no child spawned meanwhile can hold our end open.
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw ProgramError("cannot make a socket pair: \(String(cString: strerror(errno)))", arguments: [])
    }
    defer { close(ends[0]) }
    let wait = "trap '' INT TERM HUP; if read -r word && [ \"$word\" = release ]; then exit 0; fi\n"
    do {
      _ = try ChildProcess(
        ["/bin/sh", "-c", wait + script, "trunkline-watchdog"] + arguments,
        environment: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"], inputDescriptor: ends[0])
    } catch {
      close(ends[1])
      throw error
    }
    lifeline = Mutex(ends[1])
  }

  /// The script will not run any more. May be called more than once.
  func release() {
    lifeline.withLock { end in
      guard let descriptor = end else { return }
      _ = "release\n".withCString { send(descriptor, $0, 8, Int32(MSG_NOSIGNAL)) }
      close(descriptor)
      end = nil
    }
  }

  deinit { release() }
}
