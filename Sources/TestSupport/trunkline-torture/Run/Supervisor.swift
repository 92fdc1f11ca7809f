import CrashKit
import Glibc
import PostgresTesting

/// Starts the programs, hits them, and puts another in the place of each that ends.
actor Supervisor {
  private let cast: Cast
  private let server: TortureServer
  private let clock: ShiftedClock?
  private var current: [Int: RunningProgram] = [:]
  private var instances: [Int: Int] = [:]
  /// Processes whose place was taken while they worked.
  private var replaced: [RunningProgram] = []
  /// Roles that shall end and not be started again.
  private var retired: Set<Int> = []
  private(set) var faults: [String: Int] = [:]
  private(set) var starts = 0
  /// Switches of the event tables that were seen.
  private(set) var rotations = 0
  /// Programs that ended by themselves, as they should not.
  private(set) var failures: [String] = []
  /// Programs that ended by themselves because another took over.
  private(set) var handovers = 0

  init(cast: Cast, server: TortureServer, clock: ShiftedClock?) {
    self.cast = cast
    self.server = server
    self.clock = clock
  }

  /// The load with its faults, until the time is up.
  func load(_ schedule: [FaultSchedule.Entry], milliseconds: Int) async throws {
    for role in cast.roles.indices { try start(role) }
    let counter = Task { [server] in await RotationCounter(connectionString: server.direct).count(until: milliseconds) }
    let begin = ContinuousClock.now
    for entry in schedule {
      try await watch(until: begin + .milliseconds(entry.time))
      try await perform(entry.fault)
    }
    try await watch(until: begin + .milliseconds(milliseconds))
    rotations = await counter.value
  }

  /// Looks after the programs until then.
  func watch(until time: ContinuousClock.Instant) async throws {
    repeat {
      try await replaceEnded()
      try await Task.sleep(for: min(.milliseconds(100), max(.zero, time - ContinuousClock.now)))
    } while ContinuousClock.now < time
  }

  private func start(_ role: Int) throws {
    let instance = (instances[role] ?? 0) + 1
    instances[role] = instance
    starts += 1
    current[role] = try cast.program(cast.roles[role], instance: instance).start()
  }

  private func replaceEnded() async throws {
    for (role, program) in current where !program.isRunning && !retired.contains(role) {
      note(cast.roles[role], status: try await program.waitForExit(), program)
      try start(role)
    }
    for program in replaced where !program.isRunning {
      if try await program.waitForExit() == 0 { handovers += 1 }
    }
    replaced.removeAll { !$0.isRunning }
  }

  private func note(_ role: Cast.Role, status: Int32, _ program: RunningProgram) {
    if status == 0 {
      handovers += 1
    } else {
      failures.append("\(role.name) ended with status \(status): \(program.standardError.suffix(600))")
    }
  }

  private func perform(_ fault: Fault) async throws {
    faults[fault.kind, default: 0] += 1
    switch fault {
    case .kill(let role): try await kill(role)
    case .hang(let role, let milliseconds):
      guard let program = current[role] else { return }
      program.send(signal: SIGSTOP)
      later(milliseconds) { program.send(signal: SIGCONT) }
    case .double(let role):
      guard cast.roles[role].mayBeDoubled, let program = current[role] else { return try await kill(role) }
      replaced.append(program)
      try start(role)
      // Long enough to see what two of them do; a member or ticker would stay for ever.
      later(3000) { program.send(signal: SIGKILL) }
    case .cutConnections: try await server.cutConnections()
    case .silence(let milliseconds):
      server.pauseConnections()
      later(milliseconds) { [server] in server.resumeConnections() }
    case .refuse(let milliseconds):
      server.refuseConnections(true)
      later(milliseconds) { [server] in server.refuseConnections(false) }
    case .jumpClock(let seconds): try clock?.shift(seconds: seconds)
    case .restartServer: try await server.crash()
    }
  }

  private func kill(_ role: Int) async throws {
    guard let program = current[role] else { return }
    program.send(signal: SIGKILL)
    _ = try await program.waitForExit()
    try start(role)
  }

  private func later(_ milliseconds: Int, _ action: @escaping @Sendable () -> Void) {
    Task {
      try await Task.sleep(for: .milliseconds(milliseconds))
      action()
    }
  }

  // MARK: The end

  /// Lets the producers finish what they do, and waits for their end.
  func retireProducers() async throws {
    server.resumeConnections()
    server.refuseConnections(false)
    for (role, program) in current where cast.roles[role].name.hasPrefix("producer") {
      retired.insert(role)
      program.send(signal: SIGCONT)
      program.send(signal: SIGTERM)
    }
    for role in retired {
      guard let program = current[role] else { continue }
      do {
        noteEnd(cast.roles[role], status: try await program.waitForExit(timeout: .seconds(60)), program)
      } catch {
        failures.append("\(cast.roles[role].name) did not end when asked to")
      }
    }
  }

  /// The end of a program that was asked to end; SIGTERM may come before it can be caught.
  private func noteEnd(_ role: Cast.Role, status: Int32, _ program: RunningProgram) {
    if status != 0, status != 128 + SIGTERM { note(role, status: status, program) }
  }

  /// Ends everybody: first politely.
  func stopAll() async {
    let remaining = current.filter { !retired.contains($0.key) }
    for (role, program) in remaining {
      retired.insert(role)
      program.send(signal: SIGCONT)
      program.send(signal: SIGTERM)
    }
    for (role, program) in remaining {
      do {
        noteEnd(cast.roles[role], status: try await program.waitForExit(timeout: .seconds(20)), program)
      } catch {
        failures.append("\(cast.roles[role].name) did not end when asked to")
      }
    }
    for program in replaced {
      program.send(signal: SIGKILL)
      _ = try? await program.waitForExit()
    }
  }
}
