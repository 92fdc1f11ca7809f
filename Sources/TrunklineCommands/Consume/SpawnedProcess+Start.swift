import Glibc
import ServiceRuntime

extension SpawnedProcess {
  typealias Started = (pid: pid_t, input: Int32, errors: Int32, verdicts: Int32?)

  /// Starts the program. The caller makes sure that only one starts at a time.
  static func spawn(_ program: ChildProgram) throws -> Started {
    let input = try Pipe()
    let errors = try Pipe()
    let verdicts = program.hasVerdicts ? try Pipe() : nil
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.reader, 0)
    posix_spawn_file_actions_adddup2(&actions, errors.writer, 2)
    if let verdicts { posix_spawn_file_actions_adddup2(&actions, verdicts.writer, 3) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var argv = program.arguments.map { strdup($0) }
    var envp = program.environment.map { strdup("\($0.key)=\($0.value)") }
    defer { (argv + envp).forEach { free($0) } }
    argv.append(nil)
    envp.append(nil)
    var pid = pid_t()
    let status = posix_spawn(&pid, program.arguments.first ?? "", &actions, &attributes, argv, envp)
    for descriptor in [input.reader, errors.writer] + (verdicts.map { [$0.writer] } ?? []) { close(descriptor) }
    guard status == 0 else {
      for descriptor in [input.writer, errors.reader] + (verdicts.map { [$0.reader] } ?? []) { close(descriptor) }
      throw CommandError(
        "cannot start \(program.arguments.first ?? "nothing"): \(String(cString: strerror(status)))",
        hint: "the events were given back", exitCode: .temporary)
    }
    for descriptor in [input.writer, errors.reader] + (verdicts.map { [$0.reader] } ?? []) {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
    return (pid, input.writer, errors.reader, verdicts?.reader)
  }

  /// Two ends above the descriptors that programs use, closed on exec.
  private struct Pipe {
    let reader: Int32
    let writer: Int32

    init() throws {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { throw Self.failure() }
      (reader, writer) = (fcntl(ends[0], F_DUPFD_CLOEXEC, 10), fcntl(ends[1], F_DUPFD_CLOEXEC, 10))
      let problem = Self.failure()
      close(ends[0])
      close(ends[1])
      guard reader >= 0, writer >= 0 else { throw problem }
    }

    private static func failure() -> CommandError {
      CommandError("no pipe to the program: \(String(cString: strerror(errno)))", exitCode: .temporary)
    }
  }
}
