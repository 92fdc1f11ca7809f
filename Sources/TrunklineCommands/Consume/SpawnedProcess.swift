import Glibc
import Synchronization

/// A started program with its pipes. One thread feeds and reads it until it has ended.
final class SpawnedProcess: Sendable {
  private let pid: pid_t
  private let input: Int32
  private let errors: Int32
  private let verdicts: Int32?
  /// Whether the process has not been reaped, and whether it shall end.
  private let state = Mutex((isAlive: true, isInterrupted: false))

  /// Between making pipes and starting the program no other program may start: it would inherit their ends.
  private static let starting = Mutex(())

  init(_ program: ChildProgram) throws {
    (pid, input, errors, verdicts) = try Self.starting.withLock { _ in try Self.spawn(program) }
  }

  /// Asks the program to end; the feeding thread kills it when it does not.
  func interrupt() {
    state.withLock { state in
      state.isInterrupted = true
      if state.isAlive { kill(-pid, SIGTERM) }
    }
  }

  /// Writes the input, passes standard error on, and waits for the end. Blocks.
  func feed(_ bytes: [UInt8], limit: Duration?) -> ProgramEnding {
    let started = ContinuousClock.now
    var killAt: ContinuousClock.Instant?
    var isTimedOut = false
    var rest = bytes[...]
    var isInputOpen = true
    var errorTail = TextTail()
    var verdictBytes: [UInt8] = []
    var openReaders = [errors: true]
    if let verdicts { openReaders[verdicts] = true }

    func closeInput() {
      if isInputOpen { close(input) }
      isInputOpen = false
    }
    func read(_ descriptor: Int32) {
      while let chunk = Self.readChunk(descriptor) {
        guard !chunk.isEmpty else { return openReaders[descriptor] = false }
        if descriptor == errors {
          StandardStreams.writeError(chunk)
          errorTail.append(chunk)
        } else if verdictBytes.count < 64 << 20 {
          verdictBytes += chunk
        }
      }
    }

    if rest.isEmpty { closeInput() }
    while !hasEnded() {
      var polls = openReaders.filter(\.value).map { pollfd(fd: $0.key, events: Int16(POLLIN), revents: 0) }
      if isInputOpen { polls.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
      // Looked at now and then: descendants of an ended program may keep its streams open.
      _ = poll(&polls, nfds_t(polls.count), openReaders.values.contains(true) ? 50 : 1)
      for one in polls where one.revents != 0 {
        if one.fd != input {
          read(one.fd)
        } else if !Self.writeSome(&rest, to: input) || rest.isEmpty {
          closeInput()
        }
      }
      let now = ContinuousClock.now
      if let limit, !isTimedOut, now - started >= limit {
        isTimedOut = true
        interrupt()
      }
      if killAt == nil, state.withLock({ $0.isInterrupted }) { killAt = now + ChildProgram.grace }
      if let moment = killAt, now >= moment { state.withLock { if $0.isAlive { kill(-pid, SIGKILL) } } }
    }
    for descriptor in openReaders.keys { read(descriptor) }
    closeInput()
    close(errors)
    if let verdicts { close(verdicts) }
    let cause = reap()
    return ProgramEnding(
      cause: isTimedOut ? .timedOut(limit ?? .zero) : cause, lastLine: errorTail.lastLine,
      verdicts: String(decoding: verdictBytes, as: UTF8.self))
  }

  private func hasEnded() -> Bool {
    var info = siginfo_t()
    let result = waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
    return result == -1 && errno != EINTR || result == 0 && info.si_signo == SIGCHLD
  }

  private func reap() -> ProgramEnding.Cause {
    var status: Int32 = 0
    state.withLock { state in
      while waitpid(pid, &status, 0) == -1, errno == EINTR {}
      state.isAlive = false
    }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  /// What is there; empty at the end; nil when nothing is there now.
  private static func readChunk(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { return errno == EAGAIN ? nil : [] }
      return Array(buffer[..<count])
    }
  }

  /// Whether the program still reads.
  private static func writeSome(_ bytes: inout ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { return errno == EAGAIN || errno == EINTR }
    bytes = bytes.dropFirst(count)
    return true
  }
}
