import Foundation
import Glibc
import Synchronization

/// A spawned process in a session of its own, reaped as soon as it exits.
///
/// Its standard streams are files, so no amount of output can block it.
final class ChildProcess: Sendable {
  let pid: pid_t
  private let exit: Exit

  /// How a process ended.
  enum Ending: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
  }

  struct Streams {
    var input = "/dev/null"
    var output = "/dev/null"
    var error = "/dev/null"
  }

  /// Starts `arguments[0]` (looked up in the PATH of `environment`) with exactly `environment`.
  init(
    _ arguments: [String], environment: [String: String], directory: String = "/", streams: Streams = Streams(),
    inputDescriptor: Int32? = nil
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let inputDescriptor {
      posix_spawn_file_actions_adddup2(&actions, inputDescriptor, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, streams.input, O_RDONLY, 0)
    }
    let append = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, 1, streams.output, append, 0o644)
    if streams.error == streams.output {
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    } else {
      posix_spawn_file_actions_addopen(&actions, 2, streams.error, append, 0o644)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(Self.newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    // The shell changes the directory and becomes the program: same pid.
    let commandLine = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory] + arguments
    var argv = commandLine.map { strdup($0) }
    var envp = environment.map { strdup("\($0.key)=\($0.value)") }
    defer { (argv + envp).forEach { free($0) } }
    argv.append(nil)
    envp.append(nil)
    var child = pid_t()
    let status = posix_spawn(&child, "/bin/sh", &actions, &attributes, argv, envp)
    guard status == 0 else {
      throw ProgramError(
        "cannot start \(arguments.first ?? "nothing"): \(String(cString: strerror(status)))", arguments: arguments)
    }
    pid = child
    exit = Exit()
    let (pid, exit) = (child, exit)
    Thread.detachNewThread {
      // WNOWAIT keeps the pid taken until `exit` knows of the end, so `send` can never hit a stranger.
      var info = siginfo_t()
      while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == -1, errno == EINTR {}
      exit.set { Self.reap(pid) }
    }
  }

  /// Nil while the process runs.
  var ending: Ending? { exit.ending }

  /// Waits for the process to end, without blocking a thread of the caller.
  func waitForEnd() async -> Ending { await exit.wait() }

  /// Sends `signal`; nothing happens when the process has ended.
  func send(signal: Int32) {
    exit.whileRunning { _ = kill(pid, signal) }
  }

  /// POSIX_SPAWN_SETSID, which glibc declares only with _GNU_SOURCE.
  private static let newSession: Int32 = 0x80

  private static func reap(_ pid: pid_t) -> Ending {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  /// The ending, and who waits for it.
  private final class Exit: Sendable {
    private struct State {
      var ending: Ending?
      var waiting: [CheckedContinuation<Ending, Never>] = []
    }
    private let state = Mutex(State())

    var ending: Ending? { state.withLock { $0.ending } }

    func whileRunning(_ body: () -> Void) {
      state.withLock { if $0.ending == nil { body() } }
    }

    func set(_ reap: () -> Ending) {
      let (ending, waiting) = state.withLock { state in
        let ending = reap()
        state.ending = ending
        defer { state.waiting = [] }
        return (ending, state.waiting)
      }
      for one in waiting { one.resume(returning: ending) }
    }

    func wait() async -> Ending {
      await withCheckedContinuation { continuation in
        let ending: Ending? = state.withLock { state in
          if state.ending == nil { state.waiting.append(continuation) }
          return state.ending
        }
        if let ending { continuation.resume(returning: ending) }
      }
    }
  }
}
